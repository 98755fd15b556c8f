import { Button } from '@patternfly/react-core';
import type { UseQueryResult } from '@tanstack/react-query';
import { EmptyPage } from '@/components/EmptyPage';
import type { Security } from './security';

const kStates = {
  queued: ['The image is being looked into', 'This page shows what was found as soon as it is known.'],
  unsupported: ['There is nothing to look for in this image', 'It has no packages that the scanner knows, or it is no image.'],
  failed: ['The image could not be looked into', 'The server tries again by itself.'],
} as const;

/** What is to be said of a scan that has no report to show. */
export function ScanState({ security }: { security: UseQueryResult<Security> }) {
  if (security.error) {
    return (
      <EmptyPage title="What was found cannot be shown" body={security.error.message}>
        <Button onClick={() => void security.refetch()}>Try again</Button>
      </EmptyPage>
    );
  }
  const status = security.data?.status;
  const [title, body] = kStates[status === 'unsupported' || status === 'failed' ? status : 'queued'];
  return <EmptyPage title={title} body={body} />;
}
