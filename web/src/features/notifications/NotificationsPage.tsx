import { PageSection, Title } from '@patternfly/react-core';
import { usePageTitle } from '@/components/usePageTitle';

export default function NotificationsPage() {
  usePageTitle('Notifications');
  return (
    <PageSection>
      <Title headingLevel="h1">Notifications</Title>
    </PageSection>
  );
}
