import { Breadcrumb, BreadcrumbItem, Button, Label, PageSection, Title } from '@patternfly/react-core';
import { OutlinedStarIcon } from '@patternfly/react-icons/dist/esm/icons/outlined-star-icon';
import { StarIcon } from '@patternfly/react-icons/dist/esm/icons/star-icon';
import { Suspense } from 'react';
import { Link } from 'react-router-dom';
import { useUser } from '@/api/session';
import { ErrorPage } from '@/components/ErrorPage';
import { LoadingLines, LoadingPage } from '@/components/LoadingPage';
import { PageTabs } from '@/components/PageTabs';
import { usePageTitle } from '@/components/usePageTitle';
import { useUrlState } from '@/components/useUrlState';
import { useStar } from '@/features/repositories/useStar';
import { isAmbiguous } from './path';
import { repositoryTabs } from './tabs';
import { useRepository } from './useRepository';

function Star({ name, starred }: { name: string; starred: boolean }) {
  const star = useStar();
  return (
    <Button
      variant="plain"
      aria-label={starred ? 'Remove the star' : 'Star'}
      aria-pressed={starred}
      icon={starred ? <StarIcon /> : <OutlinedStarIcon />}
      onClick={() => star.mutate({ name, starred: !starred })}
    />
  );
}

export default function RepositoryPage({ name }: { name: string }) {
  const repository = useRepository(name);
  const user = useUser();
  const [wanted, setTab] = useUrlState('tab', isAmbiguous(name) ? '' : 'information', ['page', 'filter']);
  const shown = repositoryTabs.filter((tab) => repository.data && (!tab.shown || tab.shown(repository.data)));
  const current = shown.find((tab) => tab.id === wanted) ?? shown[0];
  usePageTitle(current?.title ?? '', name);
  if (repository.error) return <ErrorPage error={repository.error} retry={() => void repository.refetch()} />;
  if (!repository.data || !current) return <LoadingPage />;
  const { data } = repository;
  const slash = name.indexOf('/');
  const namespace = name.slice(0, slash);
  return (
    <>
      <PageSection hasBodyWrapper={false}>
        <Breadcrumb>
          <BreadcrumbItem>
            <Link to="/repository">Repositories</Link>
          </BreadcrumbItem>
          <BreadcrumbItem>
            <Link to={data.is_organization ? `/organization/${namespace}` : `/user/${namespace}`}>{namespace}</Link>
          </BreadcrumbItem>
          <BreadcrumbItem isActive>{name.slice(slash + 1)}</BreadcrumbItem>
        </Breadcrumb>
        <div className="wharf-title">
          <Title headingLevel="h1" className="wharf-break">
            {name}
          </Title>
          <Label color={data.is_public ? 'green' : 'grey'}>{data.is_public ? 'Public' : 'Private'}</Label>
          {data.state !== 'NORMAL' && <Label color="orange">{data.state === 'READ_ONLY' ? 'Read-only' : data.state}</Label>}
          {user && <Star name={name} starred={data.is_starred ?? false} />}
        </div>
      </PageSection>
      <PageSection type="tabs" hasBodyWrapper={false}>
        <PageTabs label="Parts of the repository" current={current.id} tabs={shown} panel="repository-tab" choose={setTab} />
      </PageSection>
      <PageSection hasBodyWrapper={false} id="repository-tab" role="tabpanel" aria-label={current.title} isFilled>
        <Suspense fallback={<LoadingLines count={8} />}>
          <current.Tab key={current.id} name={name} repository={data} />
        </Suspense>
      </PageSection>
    </>
  );
}
