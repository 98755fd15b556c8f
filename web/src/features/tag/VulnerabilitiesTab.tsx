import { Alert, Button, Checkbox, FormSelect, FormSelectOption, Label, SearchInput, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import { useMemo } from 'react';
import { DataTable, type Column } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { shortDigest } from '@/components/format';
import { LoadingLines } from '@/components/LoadingPage';
import { Pager, usePaging } from '@/components/Pager';
import { useUrlState } from '@/components/useUrlState';
import { kSeverities } from '@/features/tags/severity';
import '@/features/tags/severity.css';
import { ScanState } from './ScanState';
import { filterFindings, findingsOf, type Finding } from './security';
import { useSecurity } from './useManifest';

const kAPage = 50;

export function SeverityLabel({ severity }: { severity: string }) {
  return (
    <span className="wharf-nowrap">
      <span className={`wharf-dot wharf-severity-${severity}`} aria-hidden="true" />
      {severity}
    </span>
  );
}

export const findingColumns: Column<Finding>[] = [
  {
    title: 'Vulnerability',
    cell: (finding) => (
      <span title={finding.description}>
        {finding.link ? (
          <a className="wharf-nowrap" href={finding.link} target="_blank" rel="noreferrer noopener">
            {finding.name}
          </a>
        ) : (
          finding.name
        )}{' '}
        {finding.exploited && (
          <Label isCompact color="red">
            exploited
          </Label>
        )}
      </span>
    ),
  },
  { title: 'Severity', cell: (finding) => <SeverityLabel severity={finding.severity} /> },
  { title: 'Package', cell: (finding) => <span className="wharf-break">{finding.packageName}</span> },
  { title: 'Version', cell: (finding) => <span className="wharf-mono wharf-break">{finding.version}</span> },
  {
    title: 'Fixed in',
    cell: (finding) =>
      finding.fixedBy ? (
        <span className="wharf-mono wharf-break wharf-clean">{finding.fixedBy}</span>
      ) : (
        <span className="wharf-subtle">no fix yet</span>
      ),
  },
  {
    title: 'Layer',
    wide: true,
    cell: (finding) => (
      <span className="wharf-mono wharf-nowrap" title={finding.layer}>
        {shortDigest(finding.layer)}
      </span>
    ),
  },
];

export function VulnerabilitiesTab({ repository, digest }: { repository: string; digest: string | undefined }) {
  const security = useSecurity(repository, digest);
  const [text, setText] = useUrlState('text', '', ['page']);
  const [fixable, setFixable] = useUrlState('fixable', '', ['page']);
  const [severity, setSeverity] = useUrlState('severity', '', ['page']);
  const paging = usePaging();
  const all = useMemo(() => findingsOf(security.data), [security.data]);
  const shown = useMemo(
    () => filterFindings(all, { text, fixable: fixable === 'true', severity }),
    [all, text, fixable, severity],
  );
  if (security.isPending) return <LoadingLines count={8} />;
  if (security.data?.status !== 'scanned') return <ScanState security={security} />;
  if (all.length === 0) {
    return <EmptyPage title="Nothing was found" body="None of the packages in this image is known to be vulnerable." />;
  }
  const page = Number(paging.token) || 1;
  const rows = shown.slice((page - 1) * kAPage, page * kAPage);
  const withFix = all.filter((finding) => finding.fixedBy).length;
  return (
    <>
      <Alert
        isInline
        isPlain
        variant={withFix ? 'warning' : 'info'}
        title={`${all.length === 1 ? '1 finding' : `${all.length} findings`}, ${withFix} with a fix`}
        component="p"
      />
      <Toolbar inset={{ default: 'insetNone' }}>
        <ToolbarContent>
          <ToolbarItem>
            <SearchInput
              aria-label="Filter by vulnerability or package"
              placeholder="Vulnerability or package"
              value={text}
              onChange={(_event, value) => setText(value)}
              onClear={() => setText('')}
            />
          </ToolbarItem>
          <ToolbarItem>
            <FormSelect aria-label="Severity" value={severity} onChange={(_event, value) => setSeverity(value)}>
              <FormSelectOption value="" label="Every severity" />
              {kSeverities.map((known) => (
                <FormSelectOption key={known} value={known} label={known} />
              ))}
            </FormSelect>
          </ToolbarItem>
          <ToolbarItem alignSelf="center">
            <Checkbox
              id="fixable"
              label="Only what can be fixed"
              isChecked={fixable === 'true'}
              onChange={(_event, on) => setFixable(on ? 'true' : '')}
            />
          </ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      <DataTable
        label="Vulnerabilities"
        rows={rows}
        columns={findingColumns}
        keyOf={(finding) => finding.key}
        empty={
          <EmptyPage title="No finding fits the filter">
            <Button
              variant="link"
              onClick={() => {
                setText('');
                setFixable('');
                setSeverity('');
              }}
            >
              Show all findings
            </Button>
          </EmptyPage>
        }
      />
      <Pager paging={paging} next={shown.length > page * kAPage ? String(page + 1) : undefined} label="findings" />
    </>
  );
}
