import { Label } from '@patternfly/react-core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call } from '@/api/call';
import { useConfig } from '@/api/session';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Pager, usePaging } from '@/components/Pager';
import { Time } from '@/components/Time';
import { RepositoryLink } from '@/features/repository/links';

/** Repositories of one namespace, as far as one may see them. */
export default function NamespaceRepositories({ namespace }: { namespace: string }) {
  const paging = usePaging();
  const { config } = useConfig();
  const page = useQuery({
    queryKey: ['repositories', 'of', namespace, paging.token],
    queryFn: () =>
      call('listRepositories', {
        namespace,
        last_modified: true,
        ...(paging.token ? { next_page: paging.token } : {}),
      }),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <DataTable
        label={`Repositories of ${namespace}`}
        rows={page.data?.repositories}
        keyOf={(row) => row.name}
        error={page.error}
        retry={() => void page.refetch()}
        stale={page.isPlaceholderData}
        empty={
          <EmptyPage title="No repositories" body="A push makes one:">
            <code className="wharf-break">{`podman push ${config.SERVER_HOSTNAME}/${namespace}/name`}</code>
          </EmptyPage>
        }
        columns={[
          { title: 'Name', cell: (row) => <RepositoryLink namespace={row.namespace} name={row.name} /> },
          { title: 'Visibility', cell: (row) => <Label isCompact color={row.is_public ? 'green' : 'grey'}>{row.is_public ? 'Public' : 'Private'}</Label> },
          { title: 'Tags', number: true, cell: (row) => row.tag_count },
          { title: 'Last modified', cell: (row) => <Time at={row.last_modified} /> },
        ]}
      />
      <Pager paging={paging} next={page.data?.next_page} label="repositories" />
    </>
  );
}
