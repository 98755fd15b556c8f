import { Spinner } from '@patternfly/react-core';
import type { Schema } from '@/api/call';
import { kSeverities, type Severity } from './severity';
import './severity.css';

type Findings = Schema<'TagFindings'>;

/** How many findings there are of each severity, as a coloured bar; its text says the same. */
export function SeverityBar({ findings }: { findings: Findings | undefined }) {
  if (!findings?.status) return <span className="wharf-subtle">not scanned</span>;
  if (findings.status === 'queued') {
    return (
      <span className="wharf-nowrap">
        <Spinner size="sm" aria-hidden="true" /> scanning
      </span>
    );
  }
  if (findings.status !== 'scanned') return <span className="wharf-subtle">scan failed</span>;
  const counts = kSeverities
    .map((severity) => ({ severity, count: findings[severity.toLowerCase() as Lowercase<Severity>] ?? 0 }))
    .filter(({ count }) => count > 0);
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return <span className="wharf-clean">nothing found</span>;
  const words = counts.map(({ severity, count }) => `${count} ${severity.toLowerCase()}`).join(', ');
  const first = counts[0];
  return (
    <span className="wharf-severities" title={`${words}; ${findings.fixable} with a fix`}>
      <span className="wharf-severity-bar" aria-hidden="true">
        {counts.map(({ severity, count }) => (
          // The root keeps one critical finding visible beside a thousand low ones.
          <span key={severity} className={`wharf-severity-${severity}`} style={{ flexGrow: Math.sqrt(count) }} />
        ))}
      </span>
      <span className="pf-v6-screen-reader">{words}</span>
      <span className="wharf-nowrap" aria-hidden="true">
        {first?.count} {first?.severity.toLowerCase()}
      </span>
    </span>
  );
}
