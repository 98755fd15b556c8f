import { PageSection, Title } from '@patternfly/react-core';
import { usePageTitle } from '@/components/usePageTitle';

export default function SearchPage() {
  usePageTitle('Search');
  return (
    <PageSection>
      <Title headingLevel="h1">Search</Title>
    </PageSection>
  );
}
