// Pages of organizations, users, settings, the superuser and the overview.
import type { PageRoute } from './routes';

export const administrationRoutes: PageRoute[] = [];

/** Entries of the sidebar that these pages add; `show` says to whom. */
export interface SidebarEntry {
  path: string;
  title: string;
  superuser?: boolean;
}

export const administrationSidebar: SidebarEntry[] = [];
