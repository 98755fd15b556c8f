import { Breadcrumb, BreadcrumbItem } from '@patternfly/react-core';
import { lazy } from 'react';
import { Link, useParams } from 'react-router-dom';
import { ErrorPage } from '@/components/ErrorPage';
import { LoadingPage } from '@/components/LoadingPage';
import { TabbedPage, type PageTab } from '../admin/TabbedPage';
import { Avatar } from '../admin/Who';
import { useOrganization } from './useOrganization';

const NamespaceRepositories = lazy(() => import('./NamespaceRepositories'));
const TeamsTab = lazy(() => import('./TeamsTab'));
const MembersTab = lazy(() => import('./MembersTab'));
const RobotsTab = lazy(() => import('@/features/robots/RobotsTab'));
const DefaultPermissionsTab = lazy(() => import('./DefaultPermissionsTab'));
const ApplicationsTab = lazy(() => import('./ApplicationsTab'));
const LogsTab = lazy(() => import('@/features/logs/LogsPanel').then((module) => ({ default: module.LogsPanel })));
const SettingsTab = lazy(() => import('./SettingsTab'));

export default function OrganizationPage() {
  const { name = '' } = useParams();
  const organization = useOrganization(name);
  const { data } = organization;
  if (organization.error && !data) return <ErrorPage error={organization.error} retry={() => void organization.refetch()} />;
  if (!data) return <LoadingPage />;
  const owner = { name, organization: true };
  const tabs: PageTab[] = [
    { id: 'repositories', title: 'Repositories', body: () => <NamespaceRepositories namespace={name} /> },
  ];
  if (data.is_member || data.is_admin) tabs.push({ id: 'teams', title: 'Teams', body: () => <TeamsTab organization={data} /> });
  if (data.is_admin) {
    tabs.push(
      { id: 'members', title: 'Members', body: () => <MembersTab name={name} /> },
      { id: 'robots', title: 'Robots', body: () => <RobotsTab owner={owner} /> },
      { id: 'permissions', title: 'Default permissions', body: () => <DefaultPermissionsTab name={name} /> },
      { id: 'applications', title: 'Applications', body: () => <ApplicationsTab name={name} /> },
      { id: 'logs', title: 'Usage logs', body: () => <LogsTab owner={{ orgname: name }} /> },
      { id: 'settings', title: 'Settings', body: () => <SettingsTab organization={data} /> },
    );
  }
  return (
    <TabbedPage
      key={name}
      name={name}
      icon={<Avatar avatar={data.avatar} large />}
      tabs={tabs}
      before={
        <Breadcrumb>
          <BreadcrumbItem>
            <Link to="/organization">Organizations</Link>
          </BreadcrumbItem>
          <BreadcrumbItem isActive>{name}</BreadcrumbItem>
        </Breadcrumb>
      }
    />
  );
}
