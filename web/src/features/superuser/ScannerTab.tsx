import { Label } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/call';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Failure } from '@/components/Failure';
import { shortDigest } from '@/components/format';
import { LoadingLines } from '@/components/LoadingPage';
import { Time } from '@/components/Time';
import { RepositoryLink } from '@/features/repository/links';
import { manifestAddress } from '@/features/repository/path';
import { Link } from 'react-router-dom';
import { Part } from '../admin/Part';
import { Numbers } from '../overview/Picture';
import '../overview/overview.css';

const kBusyMs = 3000;
const kQuietMs = 30_000;
const kOldSeconds = 7 * 86_400;

function useScanner() {
  return useQuery({
    queryKey: ['superuser', 'scanner'],
    queryFn: () => call('getScanner', {}),
    refetchInterval: (query) => (query.state.data?.queue.waiting ? kBusyMs : kQuietMs),
  });
}

/** What waits to be looked into, what could not be, and how old the knowledge is that images are looked at with. */
export default function ScannerTab() {
  const scanner = useScanner();
  const { data, error } = scanner;
  const retry = () => void scanner.refetch();
  const number = (value: number) => value.toLocaleString('en');
  if (error && !data) return <Failure error={error} retry={retry} />;
  return (
    <>
      <Part title="Queue" about="Images are looked into when they are pushed, and again when something new is known.">
        {data ? (
          <Numbers
            figures={[
              { title: 'Waiting', value: number(data.queue.waiting) },
              ...(data.queue.oldest_waiting ? [{ title: 'The first since', value: <Time at={data.queue.oldest_waiting} /> }] : []),
              { title: 'Without a report', value: number(data.queue.queued) },
              { title: 'Scanned', value: number(data.queue.scanned) },
              { title: 'Nothing to look for', value: number(data.queue.unsupported) },
              { title: 'Failed', value: number(data.queue.failed) },
            ]}
          />
        ) : (
          <LoadingLines count={2} />
        )}
      </Part>
      <Part title="Failures" about="Images that could not be looked into, the newest first, at most 100.">
        <DataTable
          label="Failures"
          rows={data?.failures}
          expected={2}
          keyOf={(row) => `${row.namespace}/${row.repository}@${row.manifest_digest}`}
          empty={<p className="wharf-subtle">Every image could be looked into.</p>}
          columns={[
            { title: 'Repository', cell: (row) => <RepositoryLink namespace={row.namespace} name={row.repository} /> },
            {
              title: 'Image',
              cell: (row) => (
                <Link className="wharf-mono wharf-nowrap" to={manifestAddress(`${row.namespace}/${row.repository}`, row.manifest_digest)}>
                  {shortDigest(row.manifest_digest)}
                </Link>
              ),
            },
            { title: 'Why', cell: (row) => <span className="wharf-break">{row.reason}</span> },
            { title: 'Attempts', number: true, cell: (row) => row.attempts || '' },
            {
              title: 'Now',
              cell: (row) => (
                <Label isCompact color={row.status === 'failed' ? 'red' : 'orange'}>
                  {row.status === 'failed' ? 'Given up' : 'Tried again'}
                </Label>
              ),
            },
          ]}
        />
      </Part>
      <Part title="Feeds" about="What is known of vulnerabilities, and since when.">
        <DataTable
          label="Feeds"
          rows={data?.feeds}
          expected={3}
          keyOf={(row) => row.name}
          empty={
            <EmptyPage
              title="No feeds yet"
              body="Without them nothing is found. The setting VULNERABILITY_FEEDS names feeds that the server fetches by itself; without a network, this takes their files:"
            >
              <code className="wharf-break">wharf vulndb update --from FOLDER</code>
            </EmptyPage>
          }
          columns={[
            { title: 'Feed', cell: (row) => <span className="wharf-break">{row.name}</span> },
            {
              title: 'Imported',
              cell: (row) => (
                <>
                  <Time at={row.imported} />{' '}
                  {row.age_seconds > kOldSeconds && (
                    <Label isCompact color="orange">
                      old
                    </Label>
                  )}
                </>
              ),
            },
            { title: 'Advisories', number: true, cell: (row) => number(row.advisories) },
            { title: 'Entries', number: true, cell: (row) => number(row.entries), wide: true },
            { title: 'Not understood', number: true, cell: (row) => number(row.skipped), wide: true },
          ]}
        />
      </Part>
      {data && data.sources.length > 0 && (
        <Part title="Sources" about="Where the server fetches feeds by itself.">
          <DataTable
            label="Sources"
            rows={data.sources}
            keyOf={(row) => row.url}
            empty=""
            columns={[
              { title: 'Address', cell: (row) => <span className="wharf-break">{row.url}</span> },
              { title: 'Checked', cell: (row) => <Time at={row.checked} /> },
              { title: 'Last new', cell: (row) => <Time at={row.imported} /> },
              { title: 'Next', cell: (row) => <Time at={row.next} /> },
              {
                title: 'State',
                cell: (row) =>
                  row.error ? (
                    <span className="wharf-break">
                      <Label isCompact color="red">
                        {row.failures === 1 ? 'Failed' : `Failed ${row.failures} times`}
                      </Label>{' '}
                      {row.error}
                    </span>
                  ) : (
                    <Label isCompact color={row.checked ? 'green' : 'grey'}>
                      {row.checked ? 'Good' : 'Not asked yet'}
                    </Label>
                  ),
              },
            ]}
          />
        </Part>
      )}
    </>
  );
}
