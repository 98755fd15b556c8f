import {
  Button,
  Divider,
  Dropdown,
  DropdownGroup,
  DropdownItem,
  DropdownList,
  Masthead,
  MastheadBrand,
  MastheadContent,
  MastheadLogo,
  MastheadMain,
  MastheadToggle,
  MenuToggle,
  NotificationBadge,
  PageToggleButton,
  SearchInput,
  Toolbar,
  ToolbarContent,
  ToolbarGroup,
  ToolbarItem,
} from '@patternfly/react-core';
import { MoonIcon } from '@patternfly/react-icons/dist/esm/icons/moon-icon';
import { SunIcon } from '@patternfly/react-icons/dist/esm/icons/sun-icon';
import { UserIcon } from '@patternfly/react-icons/dist/esm/icons/user-icon';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { call } from '@/api/call';
import { useConfig, useUser } from '@/api/session';
import { storedTheme, useTheme, type Theme } from './theme';
import { useToasts } from './toasts';

const kThemes: [Theme, string][] = [
  ['light', 'Light'],
  ['dark', 'Dark'],
  ['system', 'As the system'],
];

function ThemeSwitch() {
  const [theme, choose] = useTheme();
  const [open, setOpen] = useState(false);
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      popperProps={{ position: 'right' }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plain"
          aria-label="Theme"
          isExpanded={open}
          onClick={() => setOpen(!open)}
          icon={storedTheme() === 'dark' ? <MoonIcon /> : <SunIcon />}
        />
      )}
    >
      <DropdownList>
        {kThemes.map(([value, title]) => (
          <DropdownItem key={value} isSelected={theme === value} onClick={() => choose(value)}>
            {title}
          </DropdownItem>
        ))}
      </DropdownList>
    </Dropdown>
  );
}

function Bell() {
  const navigate = useNavigate();
  const { data } = useQuery({
    queryKey: ['notifications'],
    queryFn: () => call('listUserNotifications', { page: 0, limit: 20 }),
    staleTime: 30_000,
  });
  const unread = data?.notifications.filter((notification) => !notification.dismissed).length ?? 0;
  return (
    <NotificationBadge
      variant={unread ? 'unread' : 'read'}
      count={unread}
      aria-label={unread ? `Notifications, ${unread} unread` : 'Notifications'}
      onClick={() => navigate('/notifications')}
    />
  );
}

function UserMenu({ name }: { name: string }) {
  const [open, setOpen] = useState(false);
  const navigate = useNavigate();
  const toasts = useToasts();
  const signOut = async () => {
    try {
      await call('logout', {});
      // From the start: nothing of this user stays in memory.
      window.location.assign('/signin');
    } catch (error) {
      toasts.failure('You could not be signed out', error);
    }
  };
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      popperProps={{ position: 'right' }}
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          className="wharf-user"
          isExpanded={open}
          onClick={() => setOpen(!open)}
          icon={<UserIcon />}
          aria-label={`Account ${name}`}
        >
          <span className="wharf-wide">{name}</span>
        </MenuToggle>
      )}
    >
      <DropdownGroup label={`Signed in as ${name}`} labelHeadingLevel="h2">
        <DropdownList>
          <DropdownItem onClick={() => navigate(`/user/${name}`)}>My profile</DropdownItem>
          <DropdownItem onClick={() => navigate(`/user/${name}?tab=settings`)}>Account settings</DropdownItem>
          <Divider component="li" />
          <DropdownItem onClick={() => void signOut()}>Sign out</DropdownItem>
        </DropdownList>
      </DropdownGroup>
    </Dropdown>
  );
}

function Search() {
  const navigate = useNavigate();
  const [text, setText] = useState('');
  return (
    <SearchInput
      className="wharf-search"
      aria-label="Search repositories, people and packages"
      placeholder="Search"
      value={text}
      onChange={(_event, value) => setText(value)}
      onClear={() => setText('')}
      onSearch={() => text.trim() && navigate(`/search?q=${encodeURIComponent(text.trim())}`)}
    />
  );
}

export function Header({ open, toggle }: { open: boolean; toggle: () => void }) {
  const user = useUser();
  const { config } = useConfig();
  const navigate = useNavigate();
  return (
    <Masthead display={{ default: 'inline' }}>
      <MastheadMain>
        <MastheadToggle>
          <PageToggleButton isHamburgerButton aria-label="Navigation" isSidebarOpen={open} onSidebarToggle={toggle} />
        </MastheadToggle>
        <MastheadBrand>
          <MastheadLogo component={(props) => <Link {...props} to="/" className="wharf-brand" />}>
            <img src="/ui/wharf.svg" alt="" width="32" height="32" />
            <span>{config.REGISTRY_TITLE_SHORT}</span>
          </MastheadLogo>
        </MastheadBrand>
      </MastheadMain>
      <MastheadContent>
        <Toolbar isFullHeight isStatic>
          <ToolbarContent>
            <ToolbarItem className="wharf-wide wharf-grow">
              <Search />
            </ToolbarItem>
            <ToolbarGroup align={{ default: 'alignEnd' }} gap={{ default: 'gapXs', md: 'gapMd' }}>
              <ToolbarItem>
                <ThemeSwitch />
              </ToolbarItem>
              {user ? (
                <>
                  <ToolbarItem>
                    <Bell />
                  </ToolbarItem>
                  <ToolbarItem>
                    <UserMenu name={user.username} />
                  </ToolbarItem>
                </>
              ) : (
                <ToolbarItem>
                  <Button variant="primary" onClick={() => navigate('/signin')}>
                    Sign in
                  </Button>
                </ToolbarItem>
              )}
            </ToolbarGroup>
          </ToolbarContent>
        </Toolbar>
      </MastheadContent>
    </Masthead>
  );
}
