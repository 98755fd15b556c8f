import { PageSection, Title } from '@patternfly/react-core';
import { Suspense, type ReactNode } from 'react';
import { LoadingLines } from '@/components/LoadingPage';
import { PageTabs } from '@/components/PageTabs';
import { usePageTitle } from '@/components/usePageTitle';
import { useUrlState } from '@/components/useUrlState';
import './admin.css';

export interface PageTab {
  id: string;
  title: string;
  body: () => ReactNode;
}

/** A page of a noun: its name, and tabs that stand in the address (?tab=). */
export function TabbedPage(props: { name: string; before?: ReactNode; beside?: ReactNode; icon?: ReactNode; tabs: PageTab[] }) {
  const [wanted, setTab] = useUrlState('tab', props.tabs[0]?.id ?? '', ['page', 'from', 'to', 'team', 'application', 'sort', 'new', 'robot', 'action']);
  const current = props.tabs.find((tab) => tab.id === wanted) ?? props.tabs[0];
  usePageTitle(current?.title ?? '', props.name);
  if (!current) return null;
  return (
    <>
      <PageSection hasBodyWrapper={false}>
        {props.before}
        <div className="wharf-title">
          {props.icon}
          <Title headingLevel="h1" className="wharf-break">
            {props.name}
          </Title>
          {props.beside}
        </div>
      </PageSection>
      <PageSection type="tabs" hasBodyWrapper={false}>
        <PageTabs label={`Parts of ${props.name}`} current={current.id} tabs={props.tabs} panel="page-tab" choose={setTab} />
      </PageSection>
      <PageSection hasBodyWrapper={false} id="page-tab" role="tabpanel" aria-label={current.title} isFilled>
        <Suspense fallback={<LoadingLines count={8} />}>
          <div key={current.id}>{current.body()}</div>
        </Suspense>
      </PageSection>
    </>
  );
}
