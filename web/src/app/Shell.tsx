import { Banner, Page, SkipToContent } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { Suspense, useEffect, useRef, useState } from 'react';
import { Outlet, useLocation } from 'react-router-dom';
import { call } from '@/api/call';
import { useConfig } from '@/api/session';
import { LoadingPage } from '@/components/LoadingPage';
import { Header } from './Header';
import { Sidebar } from './Sidebar';

const kColors = { info: 'blue', warning: 'yellow', error: 'red' } as const;

/** Messages of the registry to everybody, and that it is read-only. */
function Messages() {
  const { data } = useQuery({ queryKey: ['messages'], queryFn: () => call('getGlobalMessages', {}), staleTime: 60_000 });
  const { registry_state } = useConfig();
  return (
    <>
      {registry_state === 'readonly' && (
        <Banner color="yellow">The registry is read-only: images can be pulled, nothing can be changed.</Banner>
      )}
      {data?.messages.map((message) => (
        <Banner key={message.uuid} color={kColors[message.severity as keyof typeof kColors] ?? 'blue'}>
          {message.content}
        </Banner>
      ))}
    </>
  );
}

/** Masthead, sidebar, and the page in between. `returning`: from a page without them, such as that for signing in. */
export function Shell({ returning }: { returning: boolean }) {
  const location = useLocation();
  const [narrow, setNarrow] = useState(() => window.innerWidth < 1200);
  const [open, setOpen] = useState(() => window.innerWidth >= 1200);
  const first = useRef(true);

  useEffect(() => setOpen(!narrow), [narrow]);

  // Over a narrow page the sidebar is left as a menu is.
  useEffect(() => {
    if (!narrow || !open) return undefined;
    const leave = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      document.getElementById('nav-toggle')?.focus();
    };
    document.addEventListener('keydown', leave);
    return () => document.removeEventListener('keydown', leave);
  }, [narrow, open]);

  useEffect(() => {
    if (narrow) setOpen(false);
    // Keyboards and screen readers go on at the new page, not at the link that led to it.
    if (!first.current || returning) document.getElementById('main')?.focus({ preventScroll: true });
    first.current = false;
  }, [location.pathname, narrow, returning]);

  return (
    <Page
      masthead={<Header open={open} toggle={() => setOpen(!open)} />}
      sidebar={<Sidebar open={open} />}
      skipToContent={
        <SkipToContent
          href="#main"
          onClick={(event) => {
            event.preventDefault();
            document.getElementById('main')?.focus();
          }}
        >
          Skip to content
        </SkipToContent>
      }
      mainContainerId="main"
      mainTabIndex={-1}
      // Without somebody to be told, PatternFly does not look whether the page is narrow, and shows no sidebar there.
      onPageResize={(_event, { mobileView }) => setNarrow(mobileView)}
      isContentFilled
    >
      <Messages />
      <Suspense fallback={<LoadingPage />}>
        <Outlet />
      </Suspense>
    </Page>
  );
}
