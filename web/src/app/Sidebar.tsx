import { Nav, NavItem, NavList, PageSidebar, PageSidebarBody } from '@patternfly/react-core';
import { NavLink, useLocation } from 'react-router-dom';
import { useUser } from '@/api/session';
import { administrationSidebar, type SidebarEntry } from './routes.administration';

const entries: SidebarEntry[] = [
  { path: '/repository', title: 'Repositories' },
  { path: '/search', title: 'Search' },
  ...administrationSidebar,
];

export function Sidebar({ open }: { open: boolean }) {
  const user = useUser();
  const { pathname } = useLocation();
  const shown = entries.filter((entry) => !entry.superuser || user?.super_user || user?.global_readonly_super_user);
  return (
    <PageSidebar isSidebarOpen={open}>
      <PageSidebarBody>
        <Nav aria-label="Main">
          <NavList>
            {shown.map((entry) => {
              const active = pathname === entry.path || pathname.startsWith(`${entry.path}/`);
              return (
                <NavItem key={entry.path} isActive={active}>
                  <NavLink to={entry.path} tabIndex={open ? undefined : -1}>
                    {entry.title}
                  </NavLink>
                </NavItem>
              );
            })}
          </NavList>
        </Nav>
      </PageSidebarBody>
    </PageSidebar>
  );
}
