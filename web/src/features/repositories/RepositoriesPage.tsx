import {
  Button,
  FormSelect,
  FormSelectOption,
  Label,
  PageSection,
  SearchInput,
  Title,
  ToggleGroup,
  ToggleGroupItem,
  Toolbar,
  ToolbarContent,
  ToolbarItem,
} from '@patternfly/react-core';
import { OutlinedStarIcon } from '@patternfly/react-icons/dist/esm/icons/outlined-star-icon';
import { StarIcon } from '@patternfly/react-icons/dist/esm/icons/star-icon';
import { useEffect, useState } from 'react';
import { useUser } from '@/api/session';
import { DataTable, type Column } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Pager, usePaging } from '@/components/Pager';
import { Time } from '@/components/Time';
import { usePageTitle } from '@/components/usePageTitle';
import { useSort } from '@/components/useSort';
import { useUrlState } from '@/components/useUrlState';
import { SortNote } from '@/components/SortNote';
import { sortRows } from '@/components/sortRows';
import { RepositoryLink } from '@/features/repository/links';
import { PushHint } from '@/features/repository/PushHint';
import { summaryOf } from '@/features/repository/summary';
import { CreateRepositoryDialog } from './CreateRepositoryDialog';
import { useRepositories, type RepositoryRow } from './useRepositories';
import { useStar } from './useStar';

const kShows = [
  ['', 'Mine'],
  ['starred', 'Starred'],
  ['all', 'All'],
] as const;

/** What is typed, when the typing has paused. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), 250);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

export default function RepositoriesPage() {
  usePageTitle('Repositories');
  const user = useUser();
  const [query, setQuery] = useUrlState('q', '', ['page']);
  const [namespace, setNamespace] = useUrlState('namespace', '', ['page']);
  const [show, setShow] = useUrlState('show', '', ['page']);
  const [creating, setCreating] = useUrlState('new');
  const paging = usePaging();
  const settled = useSettled(query);
  const list = useRepositories({
    query: settled.trim(),
    namespace,
    starred: show === 'starred',
    everything: show === 'all' || !user,
    page: paging.token,
  });
  const [sort, setSort] = useSort();
  const star = useStar();
  const namespaces = user ? [user.username, ...(user.organizations ?? []).map((organization) => organization.name)] : [];

  const columns: Column<RepositoryRow>[] = [
    ...(user
      ? [
          {
            title: 'Star',
            modifier: 'fitContent' as const,
            corner: true,
            sort: 'star',
            value: (row: RepositoryRow) => (row.starred ? 0 : 1),
            cell: (row: RepositoryRow) =>
              row.starred === undefined ? (
                ''
              ) : (
                <Button
                  variant="plain"
                  size="sm"
                  aria-label={`${row.starred ? 'Remove the star of' : 'Star'} ${row.namespace}/${row.name}`}
                  aria-pressed={row.starred}
                  icon={row.starred ? <StarIcon /> : <OutlinedStarIcon />}
                  onClick={() => star.mutate({ name: `${row.namespace}/${row.name}`, starred: !row.starred })}
                />
              ),
          },
        ]
      : []),
    {
      title: 'Name',
      sort: 'name',
      value: (row) => `${row.namespace}/${row.name}`,
      cell: (row) => (
        <>
          <RepositoryLink namespace={row.namespace} name={row.name} />
          {row.description && <div className="wharf-subtle wharf-one-line">{summaryOf(row.description)}</div>}
        </>
      ),
    },
    {
      title: 'Visibility',
      sort: 'visibility',
      value: (row) => (row.isPublic ? 1 : 0),
      cell: (row) => (
        <Label isCompact color={row.isPublic ? 'green' : 'grey'}>
          {row.isPublic ? 'Public' : 'Private'}
        </Label>
      ),
    },
    ...(settled.trim() ? [] : [
          {
            title: 'Tags',
            number: true,
            sort: 'tags',
            value: (row: RepositoryRow) => row.tags ?? 0,
            cell: (row: RepositoryRow) => row.tags?.toLocaleString('en') ?? '',
          },
        ]),
    {
      title: 'Activity',
      number: true,
      wide: true,
      sort: 'activity',
      value: (row) => row.popularity ?? 0,
      cell: (row) => Math.round(row.popularity ?? 0).toLocaleString('en'),
    },
    {
      title: 'Last modified',
      sort: 'modified',
      value: (row) => row.lastModified ?? 0,
      cell: (row) => <Time at={row.lastModified} />,
    },
  ];
  const filtered = settled.trim() !== '' || namespace !== '' || show !== '';
  const showAll = () => {
    setQuery('');
    setNamespace('');
    setShow('');
  };
  const empty = filtered ? (
    <EmptyPage title={show === 'starred' ? 'You have starred nothing so far' : 'No repository fits'} body={show === 'starred' ? 'The star beside a repository puts it here.' : undefined}>
      <Button variant="link" onClick={showAll}>
        Clear the filters
      </Button>
    </EmptyPage>
  ) : (
    <EmptyPage title="There are no repositories yet" body={user ? 'Push an image, and its repository is here.' : 'Nothing is public here. Sign in to see more.'}>
      {user && (
        <>
          <PushHint repository={`${user.username}/app`} />
          <Button variant="link" onClick={() => setCreating('1')}>
            Or make an empty repository
          </Button>
        </>
      )}
    </EmptyPage>
  );
  return (
    <PageSection hasBodyWrapper={false} isFilled>
      <div className="wharf-head">
        <Title headingLevel="h1">Repositories</Title>
        {user && <Button onClick={() => setCreating('1')}>Create a repository</Button>}
      </div>
      <Toolbar inset={{ default: 'insetNone' }}>
        <ToolbarContent>
          <ToolbarItem>
            <SearchInput
              aria-label="Search repositories"
              placeholder="Search repositories"
              value={query}
              onChange={(_event, value) => setQuery(value)}
              onClear={() => setQuery('')}
            />
          </ToolbarItem>
          {namespaces.length > 0 && !settled.trim() && (
            <ToolbarItem>
              <FormSelect aria-label="Namespace" value={namespace} onChange={(_event, value) => setNamespace(value)}>
                <FormSelectOption value="" label="Every namespace" />
                {[...new Set([...(namespace ? [namespace] : []), ...namespaces])].map((name) => (
                  <FormSelectOption key={name} value={name} label={name} />
                ))}
              </FormSelect>
            </ToolbarItem>
          )}
          {user && !settled.trim() && (
            <ToolbarItem>
              <ToggleGroup aria-label="Which repositories">
                {kShows.map(([value, title]) => (
                  <ToggleGroupItem key={value} text={title} buttonId={`show-${value || 'mine'}`} isSelected={show === value} onChange={() => setShow(value)} />
                ))}
              </ToggleGroup>
            </ToolbarItem>
          )}
        </ToolbarContent>
      </Toolbar>
      <DataTable
        label="Repositories"
        columns={columns}
        rows={sortRows(list.data?.rows, columns, sort)}
        sort={sort}
        onSort={setSort}
        stale={list.isPlaceholderData}
        error={list.error}
        retry={() => void list.refetch()}
        keyOf={(row) => `${row.namespace}/${row.name}`}
        empty={empty}
      />
      <SortNote shown={sort !== undefined && (paging.token !== '' || list.data?.next !== undefined)} what="repositories" />
      <Pager paging={paging} next={list.data?.next} label="repositories" />
      {creating && user && <CreateRepositoryDialog namespaces={namespaces} initial={namespace || user.username} onClose={() => setCreating('')} />}
    </PageSection>
  );
}
