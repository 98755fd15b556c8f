import { MutationCache, QueryCache, QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { Bullseye, Button, Spinner } from '@patternfly/react-core';
import { Suspense, useEffect, useRef } from 'react';
import { BrowserRouter, Navigate, Route, Routes, useLocation } from 'react-router-dom';
import { ApiError, setSignedOut } from '@/api/http';
import { configQuery, setupQuery, userQuery } from '@/api/session';
import { EmptyPage } from '@/components/EmptyPage';
import { ErrorBoundary, NotFoundPage } from '@/components/ErrorPage';
import { useFocusAfterDialogs } from './focus';
import { FreshLogin } from './FreshLogin';
import { anonymousRoutes, routes } from './routes';
import { Shell } from './Shell';
import { ToastProvider } from './toasts';

const client = new QueryClient({
  queryCache: new QueryCache(),
  mutationCache: new MutationCache(),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      // What the server refused stays refused; what did not reach it may.
      retry: (count, error) => count < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 502),
    },
    mutations: { retry: false },
  },
});
setSignedOut(() => {
  if (client.getQueryData(['user'])) void client.invalidateQueries({ queryKey: ['user'] });
});

function Waiting() {
  return (
    <Bullseye className="wharf-waiting">
      <Spinner aria-label="Loading" />
    </Bullseye>
  );
}

/** Pages for people who are signed in; others go to /signin and come back. Public pages may be seen by anybody. */
function Guarded({ children, open }: { children: React.ReactNode; open?: boolean | undefined }) {
  const { data: user } = useQuery(userQuery);
  const location = useLocation();
  if (user || open) return children;
  return <Navigate to={`/signin?redirect=${encodeURIComponent(location.pathname + location.search)}`} replace />;
}

function Start() {
  const config = useQuery(configQuery);
  const setup = useQuery(setupQuery);
  const user = useQuery(userQuery);
  const location = useLocation();
  const outside = useRef(false);
  useEffect(() => {
    window.scrollTo(0, 0);
    if (anonymousRoutes.some(({ path }) => path === location.pathname)) outside.current = true;
  }, [location.pathname]);
  const failed = config.error ?? setup.error ?? user.error;
  if (failed && !(config.data && setup.data && user.data !== undefined)) {
    const again = () => void Promise.all([config.refetch(), setup.refetch(), user.refetch()]);
    return (
      <main>
        <EmptyPage title="The server does not answer" body={failed.message} level="h1">
          <Button onClick={again}>Try again</Button>
        </EmptyPage>
      </main>
    );
  }
  if (!config.data || !setup.data || user.data === undefined) return <Waiting />;
  if (setup.data.open && location.pathname !== '/setup') return <Navigate to="/setup" replace />;
  return (
    <Suspense fallback={<Waiting />}>
      <Routes>
        {anonymousRoutes.map(({ path, Page }) => (
          <Route key={path} path={path} element={<Page />} />
        ))}
        <Route element={<Shell returning={outside.current} />}>
          {routes.map(({ path, Page, open }) => (
            <Route
              key={path}
              path={path}
              element={
                <ErrorBoundary key={path}>
                  <Guarded open={open}>
                    <Page />
                  </Guarded>
                </ErrorBoundary>
              }
            />
          ))}
          <Route path="/" element={<Navigate to={user.data ? '/repository' : '/signin'} replace />} />
          <Route path="*" element={<NotFoundPage />} />
        </Route>
      </Routes>
    </Suspense>
  );
}

export function App() {
  useFocusAfterDialogs();
  return (
    <QueryClientProvider client={client}>
      <BrowserRouter>
        <ToastProvider>
          <FreshLogin />
          <Start />
        </ToastProvider>
      </BrowserRouter>
    </QueryClientProvider>
  );
}
