import { Card, CardBody, CardTitle, FormGroup, FormSelect, FormSelectOption } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/call';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Failure } from '@/components/Failure';
import { LoadingLines } from '@/components/LoadingPage';
import { useUrlState } from '@/components/useUrlState';
import type { TabProps } from '@/features/repository/tabs';
import { platformsOf } from '@/features/tag/manifest';
import { findingsOf, newFindings, packageChanges, packagesOf } from '@/features/tag/security';
import { useManifest, useSecurity } from '@/features/tag/useManifest';
import { findingColumns } from '@/features/tag/VulnerabilitiesTab';
import { useTag } from './useTags';

/** The scan of a tag; of an index that of its first platform. */
function useSecurityOfTag(repository: string, name: string) {
  const tag = useTag(repository, name, name !== '');
  const manifest = useManifest(repository, tag.data?.is_manifest_list ? tag.data.manifest_digest : undefined);
  const platform = platformsOf(manifest.data?.manifest_data ?? '')[0];
  const digest = tag.data?.is_manifest_list ? platform?.digest : tag.data?.manifest_digest;
  const security = useSecurity(repository, digest);
  const failed = [tag, manifest, security].filter((query) => query.isError);
  const retry = () => failed.forEach((query) => void query.refetch());
  return { tag: tag.data, platform, security, error: failed[0]?.error, retry };
}

function Choice(props: { id: string; label: string; value: string; names: string[]; onChange: (value: string) => void }) {
  const names = props.value && !props.names.includes(props.value) ? [props.value, ...props.names] : props.names;
  return (
    <FormGroup label={props.label} fieldId={props.id}>
      <FormSelect id={props.id} value={props.value} onChange={(_event, value) => props.onChange(value)}>
        <FormSelectOption value="" label="Choose a tag" />
        {names.map((name) => (
          <FormSelectOption key={name} value={name} label={name} />
        ))}
      </FormSelect>
    </FormGroup>
  );
}

/** Packages and findings that came and went from one tag to another. */
export default function CompareTab({ name }: TabProps) {
  const [from, setFrom] = useUrlState('from');
  const [to, setTo] = useUrlState('to');
  const list = useQuery({
    queryKey: ['tags', name, 'names'],
    queryFn: () => call('listRepositoryTags', { repository: name, limit: 100, onlyActiveTags: true }),
  });
  const names = list.data?.tags.map((tag) => tag.name) ?? [];
  const before = useSecurityOfTag(name, from);
  const after = useSecurityOfTag(name, to);
  const ready = before.security.data?.status === 'scanned' && after.security.data?.status === 'scanned';
  const gone = [
    [from, before.tag],
    [to, after.tag],
  ].find(([, tag]) => tag === null)?.[0];

  const body = () => {
    if (list.data && names.length < 2 && !from && !to) {
      return <EmptyPage title="There is nothing to compare yet" body="It takes two tags: push another one." />;
    }
    if (!from || !to) return <EmptyPage title="Choose two tags" body="What came and what went from one to the other is shown here." />;
    if (gone) return <EmptyPage title={`There is no tag ${String(gone)}`} />;
    if (!ready) {
      const failed = [before, after].filter(({ error }) => error);
      if (failed.length > 0) return <Failure error={failed[0]?.error} retry={() => failed.forEach(({ retry }) => retry())} />;
      const waiting = before.security.isPending || after.security.isPending;
      if (waiting) return <LoadingLines count={8} />;
      return <EmptyPage title="One of the two has no scan to compare" body="It is still being looked into, or there is nothing to look for in it." />;
    }
    const old = findingsOf(before.security.data);
    const now = findingsOf(after.security.data);
    const parts = [
      { title: `New in ${to}`, rows: newFindings(old, now), empty: 'No finding came.' },
      { title: `Gone since ${from}`, rows: newFindings(now, old), empty: 'No finding went.' },
    ];
    return (
      <>
        {parts.map((part) => (
          <Card key={part.title}>
            <CardTitle component="h2">
              {part.title}: {part.rows.length === 1 ? '1 finding' : `${part.rows.length} findings`}
            </CardTitle>
            <CardBody>
              <DataTable
                label={part.title}
                rows={part.rows.slice(0, 200)}
                columns={findingColumns}
                keyOf={(finding) => finding.key}
                empty={<p className="wharf-subtle">{part.empty}</p>}
              />
            </CardBody>
          </Card>
        ))}
        <Card>
          <CardTitle component="h2">Packages that changed</CardTitle>
          <CardBody>
            <DataTable
              label="Packages that changed"
              rows={packageChanges(packagesOf(before.security.data), packagesOf(after.security.data))}
              keyOf={(change) => change.name}
              empty={<p className="wharf-subtle">Both have the same packages.</p>}
              columns={[
                { title: 'Package', cell: (change) => <span className="wharf-break">{change.name}</span> },
                { title: from, cell: (change) => <span className="wharf-mono wharf-break">{change.before || '–'}</span> },
                { title: to, cell: (change) => <span className="wharf-mono wharf-break">{change.after || '–'}</span> },
              ]}
            />
          </CardBody>
        </Card>
      </>
    );
  };
  return (
    <div className="wharf-stack">
      <div className="wharf-choices">
        <Choice id="compare-from" label="From" value={from} names={names} onChange={setFrom} />
        <Choice id="compare-to" label="To" value={to} names={names} onChange={setTo} />
      </div>
      {before.platform && <p className="wharf-subtle">Of images for several platforms, {before.platform.name} is compared.</p>}
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {body()}
    </div>
  );
}
