import { Button, PageSection } from '@patternfly/react-core';
import { Component, type ReactNode } from 'react';
import { Link, useLocation } from 'react-router-dom';
import { ApiError } from '@/api/http';
import { useUser } from '@/api/session';
import { EmptyPage } from './EmptyPage';

/** What the server says to people who may not know whether there is anything: no help to anybody. */
const kBare = new Set(['Unauthorized', 'Forbidden', 'Requires authentication', 'Not Found']);
const kInstead: Record<number, string> = {
  401: 'It is not public, or it does not exist.',
  403: 'It does not exist, or nobody has given you leave to see it: its owner can.',
  404: 'Nothing is at this address: it was deleted, renamed, or mistyped.',
};

/**
 * What the server refused, in its own words; `retry` offers to ask again. `title` and `children` (links) are for pages
 * that know more of what is not there.
 */
export function ErrorPage(props: { error: unknown; retry?: () => void; title?: string; children?: ReactNode }) {
  const { error, retry } = props;
  const user = useUser();
  const location = useLocation();
  const status = error instanceof ApiError ? error.status : undefined;
  const titles: Record<number, string> = {
    0: 'The server cannot be reached',
    401: 'Sign in to see this',
    403: 'You may not see this',
    404: 'There is no such page',
  };
  const title = props.title ?? ((status !== undefined && titles[status]) || 'Something went wrong');
  const said = error instanceof Error ? error.message : String(error);
  const words = (kBare.has(said) && kInstead[status ?? 0]) || said;
  return (
    <PageSection>
      <EmptyPage title={title} body={words} level="h1">
        {!user && (status === 401 || status === 403) && (
          <Link to={`/signin?redirect=${encodeURIComponent(location.pathname + location.search)}`}>Sign in</Link>
        )}
        {retry && status !== 401 && status !== 403 && status !== 404 && <Button onClick={retry}>Try again</Button>}
        {props.children}
        <Link to="/repository">All repositories</Link>
      </EmptyPage>
    </PageSection>
  );
}

export function NotFoundPage() {
  return <ErrorPage error={new ApiError(404, 'not_found', 'Nothing is at this address.')} />;
}

/** Catches what a page throws, so that the shell stays. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };
  static getDerivedStateFromError(error: unknown) {
    return { error };
  }
  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <ErrorPage error={this.state.error} retry={() => window.location.reload()} />;
  }
}
