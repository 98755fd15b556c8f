import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/call';
import { useConfig, useUser } from '@/api/session';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Time } from '@/components/Time';
import { RepositoryLink } from '@/features/repository/links';
import { Who } from '../admin/Who';
import { Picture } from './Picture';
import { Traffic } from './Traffic';

/** What is one's own: pushes and pulls, repositories, organizations. */
export function OwnOverview({ name }: { name: string }) {
  const user = useUser();
  const { config } = useConfig();
  const repositories = useQuery({
    queryKey: ['repositories', 'of', name, ''],
    queryFn: () => call('listRepositories', { namespace: name, last_modified: true }),
  });
  const rows = [...(repositories.data?.repositories ?? [])].sort((a, b) => (b.last_modified ?? 0) - (a.last_modified ?? 0));
  return (
    <div className="wharf-overview">
      <Traffic owner="me" />
      <Picture title="Your repositories">
        <DataTable
          label="Your repositories"
          rows={repositories.data && rows.slice(0, 10)}
          error={repositories.error}
          retry={() => void repositories.refetch()}
          expected={4}
          keyOf={(row) => row.name}
          empty={
            <EmptyPage title="You have no repositories yet" body="A push makes one:">
              <code className="wharf-break">{`podman push ${config.SERVER_HOSTNAME}/${name}/name`}</code>
            </EmptyPage>
          }
          columns={[
            { title: 'Name', cell: (row) => <RepositoryLink namespace={row.namespace} name={row.name} /> },
            { title: 'Tags', number: true, cell: (row) => row.tag_count },
            { title: 'Last modified', cell: (row) => <Time at={row.last_modified} /> },
          ]}
        />
      </Picture>
      <Picture title="Your organizations">
        <DataTable
          label="Your organizations"
          rows={user?.organizations ?? []}
          keyOf={(row) => row.name}
          empty={<p className="wharf-subtle">You belong to no organization.</p>}
          columns={[{ title: 'Name', cell: (row) => <Who name={row.name} avatar={row.avatar} to={`/organization/${row.name}`} /> }]}
        />
      </Picture>
    </div>
  );
}
