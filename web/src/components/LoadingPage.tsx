import { PageSection, Skeleton } from '@patternfly/react-core';

/** As long as a page's scripts and first answer are on their way: as high as what will stand there. */
export function LoadingPage() {
  return (
    <PageSection aria-busy="true">
      <Skeleton width="30%" fontSize="2xl" screenreaderText="Loading" />
      <br />
      <Skeleton height="24rem" />
    </PageSection>
  );
}

/** Lines of skeleton for a part of a page. */
export function LoadingLines({ count = 5 }: { count?: number }) {
  return (
    <div aria-busy="true">
      {Array.from({ length: count }, (_, line) => (
        <Skeleton key={line} className="wharf-skeleton-line" screenreaderText={line ? '' : 'Loading'} />
      ))}
    </div>
  );
}
