// Pages of organizations, users, settings, the superuser and the overview.
import { lazy } from 'react';
import type { PageRoute } from './routes';

export const administrationRoutes: PageRoute[] = [
  { path: '/organization', Page: lazy(() => import('@/features/organization/OrganizationsPage')) },
  { path: '/organization/:name', Page: lazy(() => import('@/features/organization/OrganizationPage')), open: true },
  { path: '/organization/:name/teams/:team', Page: lazy(() => import('@/features/organization/TeamRedirect')) },
  { path: '/user/:name', Page: lazy(() => import('@/features/account/UserPage')), open: true },
  { path: '/updateuser', Page: lazy(() => import('@/features/account/MySettings')) },
  { path: '/superuser', Page: lazy(() => import('@/features/superuser/SuperuserPage')) },
  { path: '/superuser/:part', Page: lazy(() => import('@/features/superuser/SuperuserPage')) },
  { path: '/overview', Page: lazy(() => import('@/features/overview/OverviewPage')) },
];

/** Entries of the sidebar that these pages add; `show` says to whom. */
export interface SidebarEntry {
  path: string;
  title: string;
  superuser?: boolean;
}

export const administrationSidebar: SidebarEntry[] = [
  { path: '/overview', title: 'Overview' },
  { path: '/organization', title: 'Organizations' },
  { path: '/superuser', title: 'Superuser', superuser: true },
];
