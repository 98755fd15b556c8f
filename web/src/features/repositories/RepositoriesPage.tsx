import { PageSection, Title } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/call';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Pager, usePaging } from '@/components/Pager';
import { usePageTitle } from '@/components/usePageTitle';
import { Time } from '@/components/Time';
import { RepositoryLink } from '@/features/repository/links';

export default function RepositoriesPage() {
  usePageTitle('Repositories');
  const paging = usePaging();
  const list = useQuery({
    queryKey: ['repositories', paging.token],
    queryFn: () => call('listRepositories', { public: true, last_modified: true, next_page: paging.token || undefined }),
  });
  return (
    <PageSection>
      <Title headingLevel="h1">Repositories</Title>
      <DataTable
        label="Repositories"
        rows={list.data?.repositories}
        error={list.error}
        keyOf={(row) => `${row.namespace}/${row.name}`}
        columns={[
          { title: 'Name', cell: (row) => <RepositoryLink namespace={row.namespace ?? ''} name={row.name} /> },
          { title: 'Tags', number: true, cell: (row) => row.tag_count },
          { title: 'Last modified', cell: (row) => <Time at={row.last_modified} /> },
        ]}
        empty={<EmptyPage title="There are no repositories yet" body="Push an image, and its repository is here." />}
      />
      <Pager paging={paging} next={list.data?.next_page} label="repositories" />
    </PageSection>
  );
}
