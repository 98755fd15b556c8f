import { Label } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { lazy } from 'react';
import { Navigate, useParams, useSearchParams } from 'react-router-dom';
import { call } from '@/api/call';
import { useFeature, useUser } from '@/api/session';
import { ErrorPage } from '@/components/ErrorPage';
import { LoadingPage } from '@/components/LoadingPage';
import { TabbedPage, type PageTab } from '../admin/TabbedPage';
import { Avatar } from '../admin/Who';

const NamespaceRepositories = lazy(() => import('@/features/organization/NamespaceRepositories'));
const RobotsTab = lazy(() => import('@/features/robots/RobotsTab'));
const AppTokensTab = lazy(() => import('./AppTokensTab'));
const AuthorizationsTab = lazy(() => import('./AuthorizationsTab'));
const LogsTab = lazy(() => import('@/features/logs/LogsPanel').then((module) => ({ default: module.LogsPanel })));
const AccountTab = lazy(() => import('./AccountTab'));

/** /updateuser, as Quay names one's settings. */
export function MySettings() {
  const user = useUser();
  const [parameters] = useSearchParams();
  return <Navigate to={`/user/${user?.username ?? ''}?tab=${parameters.get('tab') ?? 'settings'}`} replace />;
}

/** A user: their repositories for everybody, and for themselves all that is theirs. */
export default function UserPage() {
  const { name = '' } = useParams();
  const me = useUser();
  const mine = me?.username === name;
  const appTokens = useFeature('APP_SPECIFIC_TOKENS');
  const other = useQuery({
    queryKey: ['users', name],
    queryFn: () => call('getUserInformation', { username: name }),
    enabled: !mine,
  });
  const user = mine ? me : other.data;
  if (other.error && !user) return <ErrorPage error={other.error} retry={() => void other.refetch()} />;
  if (!user) return <LoadingPage />;
  const owner = { name, organization: false };
  const tabs: PageTab[] = [
    { id: 'repositories', title: 'Repositories', body: () => <NamespaceRepositories namespace={name} /> },
  ];
  if (mine) {
    tabs.push({ id: 'robots', title: 'Robots', body: () => <RobotsTab owner={owner} /> });
    if (appTokens) tabs.push({ id: 'tokens', title: 'App tokens', body: () => <AppTokensTab /> });
    tabs.push(
      { id: 'applications', title: 'Authorized applications', body: () => <AuthorizationsTab /> },
      { id: 'logs', title: 'Usage logs', body: () => <LogsTab owner="me" /> },
      { id: 'settings', title: 'Settings', body: () => <AccountTab user={me} /> },
    );
  }
  return (
    <TabbedPage
      key={name}
      name={name}
      icon={<Avatar avatar={user.avatar} large />}
      beside={user.super_user && <Label color="purple">Superuser</Label>}
      tabs={tabs}
    />
  );
}
