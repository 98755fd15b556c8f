import { lazy } from 'react';
import { useNavigate, useParams } from 'react-router-dom';
import { PageSection, Title } from '@patternfly/react-core';
import { Suspense } from 'react';
import { ApiError } from '@/api/http';
import { useUser } from '@/api/session';
import { ErrorPage, NotFoundPage } from '@/components/ErrorPage';
import { LoadingLines } from '@/components/LoadingPage';
import { PageTabs } from '@/components/PageTabs';
import { usePageTitle } from '@/components/usePageTitle';

const pages = [
  { id: 'users', title: 'Users', Body: lazy(() => import('./UsersTab')) },
  { id: 'organizations', title: 'Organizations', Body: lazy(() => import('./OrganizationsTab')) },
  { id: 'keys', title: 'Service keys', Body: lazy(() => import('./ServiceKeysTab')) },
  { id: 'messages', title: 'Messages', Body: lazy(() => import('./MessagesTab')) },
  { id: 'logs', title: 'Usage logs', Body: lazy(() => import('./RegistryLogsTab')) },
  { id: 'scanner', title: 'Scanner', Body: lazy(() => import('./ScannerTab')) },
  { id: 'registry', title: 'Registry', Body: lazy(() => import('./RegistryTab')) },
];

/** What superusers look after, a tab each: /superuser/users and so on. */
export default function SuperuserPage() {
  const { part = 'users' } = useParams();
  const user = useUser();
  const navigate = useNavigate();
  const current = pages.find((page) => page.id === part);
  usePageTitle(current?.title ?? '', 'Superuser');
  if (!user?.super_user && !user?.global_readonly_super_user) {
    return <ErrorPage error={new ApiError(403, 'insufficient_scope', 'This is for superusers.')} />;
  }
  if (!current) return <NotFoundPage />;
  return (
    <>
      <PageSection hasBodyWrapper={false}>
        <Title headingLevel="h1">Superuser</Title>
      </PageSection>
      <PageSection type="tabs" hasBodyWrapper={false}>
        <PageTabs label="Parts of the registry" current={current.id} tabs={pages} panel="page-tab" choose={(id) => navigate(`/superuser/${id}`)} />
      </PageSection>
      <PageSection hasBodyWrapper={false} id="page-tab" role="tabpanel" aria-label={current.title} isFilled>
        <Suspense fallback={<LoadingLines count={8} />}>
          <current.Body key={current.id} />
        </Suspense>
      </PageSection>
    </>
  );
}
