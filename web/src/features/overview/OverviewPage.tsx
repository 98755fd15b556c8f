import { PageSection, Title } from '@patternfly/react-core';
import { useUser } from '@/api/session';
import { usePageTitle } from '@/components/usePageTitle';
import { OwnOverview } from './OwnOverview';
import { RegistryOverview } from './RegistryOverview';
import './overview.css';

/** Pictures of the registry for superusers, of what is theirs for everybody else. */
export default function OverviewPage() {
  usePageTitle('Overview');
  const user = useUser();
  const all = user?.super_user || user?.global_readonly_super_user;
  return (
    <>
      <PageSection hasBodyWrapper={false}>
        <Title headingLevel="h1">Overview</Title>
      </PageSection>
      <PageSection hasBodyWrapper={false} isFilled>
        {all ? <RegistryOverview /> : <OwnOverview name={user?.username ?? ''} />}
      </PageSection>
    </>
  );
}
