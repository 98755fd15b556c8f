import { Button, Label } from '@patternfly/react-core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call, type Schema } from '@/api/call';
import { useUser } from '@/api/session';
import { DataTable, type Column } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Pager, usePaging } from '@/components/Pager';
import { SortNote } from '@/components/SortNote';
import { sortRows } from '@/components/sortRows';
import { Time } from '@/components/Time';
import { useSort } from '@/components/useSort';
import { useUrlState } from '@/components/useUrlState';
import { CreateRepositoryDialog } from '@/features/repositories/CreateRepositoryDialog';
import { RepositoryLink } from '@/features/repository/links';
import { PushHint } from '@/features/repository/PushHint';
import { Part } from '../admin/Part';

type Row = Schema<'RepositoryItem'>;

const columns: Column<Row>[] = [
  { title: 'Name', sort: 'name', value: (row) => row.name, cell: (row) => <RepositoryLink namespace={row.namespace} name={row.name} /> },
  {
    title: 'Visibility',
    sort: 'visibility',
    value: (row) => (row.is_public ? 1 : 0),
    cell: (row) => (
      <Label isCompact color={row.is_public ? 'green' : 'grey'}>
        {row.is_public ? 'Public' : 'Private'}
      </Label>
    ),
  },
  { title: 'Tags', number: true, sort: 'tags', value: (row) => row.tag_count ?? 0, cell: (row) => row.tag_count?.toLocaleString('en') },
  { title: 'Last modified', sort: 'modified', value: (row) => row.last_modified ?? 0, cell: (row) => <Time at={row.last_modified} /> },
];

/** Repositories of one namespace, as far as one may see them; who may create some there does it here. */
export default function NamespaceRepositories({ namespace }: { namespace: string }) {
  const paging = usePaging();
  const user = useUser();
  const [sort, setSort] = useSort();
  const [creating, setCreating] = useUrlState('new');
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
  const own = user?.organizations?.find((organization) => organization.name === namespace);
  const mayCreate = user?.username === namespace || own?.can_create_repo === true;
  const create = <Button onClick={() => setCreating('1')}>Create a repository</Button>;
  return (
    <Part title="Repositories" actions={mayCreate && page.data?.repositories.length ? create : undefined}>
      <DataTable
        label={`Repositories of ${namespace}`}
        columns={columns}
        rows={sortRows(page.data?.repositories, columns, sort)}
        sort={sort}
        onSort={setSort}
        keyOf={(row) => row.name}
        error={page.error}
        retry={() => void page.refetch()}
        stale={page.isPlaceholderData}
        empty={
          mayCreate ? (
            <EmptyPage title="No repositories" body="Push an image, and its repository is here.">
              <PushHint repository={`${namespace}/app`} />
              <Button variant="link" onClick={() => setCreating('1')}>
                Or make an empty repository
              </Button>
            </EmptyPage>
          ) : (
            <EmptyPage title="No repositories" body="There is none here that you may see." />
          )
        }
      />
      <SortNote shown={sort !== undefined && (paging.token !== '' || page.data?.next_page !== undefined)} what="repositories" />
      <Pager paging={paging} next={page.data?.next_page} label="repositories" />
      {creating && mayCreate && <CreateRepositoryDialog namespaces={[]} initial={namespace} onClose={() => setCreating('')} />}
    </Part>
  );
}
