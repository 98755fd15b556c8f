import { Card, CardBody, CardTitle, Label, PageSection, SearchInput, Title } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { call, type Schema } from '@/api/call';
import { ApiError } from '@/api/http';
import { useUser } from '@/api/session';
import { Breakable } from '@/components/Breakable';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Failure } from '@/components/Failure';
import { shortDigest } from '@/components/format';
import { LoadingLines } from '@/components/LoadingPage';
import { Pager, usePaging } from '@/components/Pager';
import { usePageTitle } from '@/components/usePageTitle';
import { useUrlState } from '@/components/useUrlState';
import { addressOf, manifestAddress, tagAddress } from '@/features/repository/path';
import { summaryOf } from '@/features/repository/summary';
import { SeverityLabel } from '@/features/tag/VulnerabilitiesTab';
import { isIssueName } from './issue';

type Hit = Schema<'SearchHit'>;
type FoundPackage = Schema<'FoundPackage'>;

function hitAddress(hit: Hit): string {
  switch (hit.kind) {
    case 'repository':
      return addressOf(`${hit.namespace?.name ?? ''}/${hit.name}`);
    case 'organization':
      return `/organization/${hit.name}`;
    case 'team':
      return `/organization/${hit.organization?.name ?? ''}?tab=teams`;
    case 'robot':
      return hit.organization ? `/organization/${hit.organization.name}?tab=robots` : `/user/${hit.name.split('+')[0]}?tab=robots`;
    default:
      return `/user/${hit.name}`;
  }
}

function hitName(hit: Hit): string {
  if (hit.kind === 'repository') return `${hit.namespace?.name ?? ''}/${hit.name}`;
  if (hit.kind === 'team') return `${hit.organization?.name ?? ''}/${hit.name}`;
  return hit.name;
}

/** Where a package, or one with an issue, is installed. */
function FoundTable(props: { rows: FoundPackage[] | undefined; error: unknown; retry: () => void; label: string; empty: string }) {
  const { rows, error, retry, label, empty } = props;
  return (
    <DataTable
      label={label}
      rows={rows}
      error={error}
      retry={retry}
      expected={4}
      keyOf={(row) => `${row.namespace}/${row.repository} ${row.manifest_digest} ${row.name} ${row.version}`}
      empty={<p className="wharf-subtle">{empty}</p>}
      columns={[
        {
          title: 'Image',
          cell: (row) => {
            const name = `${row.namespace}/${row.repository}`;
            const tag = row.tags[0];
            return (
              <Link to={tag ? tagAddress(name, tag) : manifestAddress(name, row.manifest_digest)}>
                <Breakable text={name + (tag ? `:${tag}` : `@${shortDigest(row.manifest_digest)}`)} />
              </Link>
            );
          },
        },
        { title: 'Package', cell: (row) => <span className="wharf-break">{row.name}</span> },
        { title: 'Version', cell: (row) => <span className="wharf-mono wharf-break">{row.version}</span> },
        {
          title: 'Findings',
          cell: (row) => {
            const first = row.vulnerabilities[0];
            if (!first) return <span className="wharf-clean">none</span>;
            return (
              <>
                <SeverityLabel severity={first.severity} /> <span className="wharf-nowrap">{first.name}</span>
                {row.vulnerabilities.length > 1 && ` and ${row.vulnerabilities.length - 1} more`}
              </>
            );
          },
        },
      ]}
    />
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card>
      <CardTitle component="h2">{title}</CardTitle>
      <CardBody>{children}</CardBody>
    </Card>
  );
}

function Results({ query }: { query: string }) {
  const user = useUser();
  const paging = usePaging();
  const issue = isIssueName(query);
  const hits = useQuery({ queryKey: ['search', query], queryFn: () => call('conductSearch', { query }), enabled: user !== null });
  const repositories = useQuery({
    queryKey: ['search', 'repositories', query],
    queryFn: () => call('conductRepoSearch', { query, page: 1 }),
    enabled: user === null,
  });
  const packages = useQuery({
    queryKey: ['search', 'packages', query, paging.token],
    queryFn: () =>
      issue
        ? call('findVulnerability', { name: query.toUpperCase(), next_page: paging.token || undefined })
        : call('findPackages', { name: query, next_page: paging.token || undefined }),
    retry: (count, error) => count < 2 && !(error instanceof ApiError),
  });
  const rows: Hit[] | undefined = user ? hits.data?.results : (repositories.data?.results as Hit[] | undefined);
  const error = hits.error ?? repositories.error;
  const names = (
    <Section title="Repositories, organizations, people" key="names">
      {error ? (
        <Failure error={error} retry={() => void (user ? hits : repositories).refetch()} />
      ) : !rows ? (
        <LoadingLines count={4} />
      ) : rows.length === 0 ? (
        <p className="wharf-subtle">Nothing has this in its name.</p>
      ) : (
        <ul className="wharf-hits">
          {rows.map((hit) => (
            <li key={`${hit.kind} ${hitName(hit)}`}>
              <Label isCompact>{hit.kind}</Label>{' '}
              <Link className="wharf-break" to={hitAddress(hit)}>
                {hitName(hit)}
              </Link>
              {hit.description && <div className="wharf-subtle wharf-one-line">{summaryOf(hit.description)}</div>}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
  const found = (
    <Section title={issue ? `Images with ${query.toUpperCase()}` : `Images with the package ${query}`} key="found">
      <FoundTable
        label={issue ? 'Images with this vulnerability' : 'Images with this package'}
        rows={packages.data?.results}
        error={packages.error}
        retry={() => void packages.refetch()}
        empty={issue ? 'No image that you may see is known to have it.' : 'No image that you may see has a package of this name.'}
      />
      <Pager paging={paging} next={packages.data?.next_page} label="images" />
    </Section>
  );
  return <div className="wharf-stack">{issue ? [found, names] : [names, found]}</div>;
}

export default function SearchPage() {
  const [query, setQuery] = useUrlState('q', '', ['page']);
  const [typed, setTyped] = useState(query);
  useEffect(() => setTyped(query), [query]);
  usePageTitle(query ? `Search: ${query}` : 'Search');
  return (
    <PageSection hasBodyWrapper={false} isFilled>
      <Title headingLevel="h1">Search</Title>
      <div className="wharf-searchbox">
        <SearchInput
          aria-label="Name, package or vulnerability"
          placeholder="A name, a package, or a vulnerability such as CVE-2024-3094"
          value={typed}
          onChange={(_event, value) => setTyped(value)}
          onClear={() => {
            setTyped('');
            setQuery('');
          }}
          onSearch={() => setQuery(typed.trim())}
        />
      </div>
      {query ? (
        <Results key={query} query={query} />
      ) : (
        <EmptyPage
          title="What are you looking for?"
          body="Part of a repository's, an organization's or a user's name; the whole name of a package that images have; or a vulnerability by its number."
        />
      )}
    </PageSection>
  );
}
