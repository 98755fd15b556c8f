// Every page: path -> page, each in a file of scripts of its own. The server knows the first segments (src/ui/page.cc).
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import { administrationRoutes } from './routes.administration';

export interface PageRoute {
  path: string;
  Page: LazyExoticComponent<ComponentType> | ComponentType;
  /** Shown to people who are not signed in, too. */
  open?: boolean;
}

/** Pages without the shell around them. */
export const anonymousRoutes: PageRoute[] = [
  { path: '/signin', Page: lazy(() => import('@/features/session/SignInPage')) },
  { path: '/createaccount', Page: lazy(() => import('@/features/session/SignUpPage')) },
  { path: '/forgot', Page: lazy(() => import('@/features/session/ForgotPage')) },
  { path: '/confirminvite', Page: lazy(() => import('@/features/session/InvitationPage')) },
  { path: '/setup', Page: lazy(() => import('@/features/session/SetupPage')) },
];

export const routes: PageRoute[] = [
  { path: '/repository', Page: lazy(() => import('@/features/repositories/RepositoriesPage')), open: true },
  { path: '/repository/*', Page: lazy(() => import('@/features/repository/RepositoryRoute')), open: true },
  { path: '/search', Page: lazy(() => import('@/features/search/SearchPage')), open: true },
  { path: '/notifications', Page: lazy(() => import('@/features/notifications/NotificationsPage')) },
  ...administrationRoutes,
];
