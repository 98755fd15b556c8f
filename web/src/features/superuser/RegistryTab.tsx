import {
  Button,
  CodeBlock,
  CodeBlockCode,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  ExpandableSection,
} from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { call } from '@/api/call';
import { useConfig, useFeature, useUser } from '@/api/session';
import { Failure } from '@/components/Failure';
import { LoadingLines } from '@/components/LoadingPage';
import { Size } from '@/components/Size';
import { Time } from '@/components/Time';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';

const Markdown = lazy(() => import('react-markdown'));

function RegistrySize() {
  const key = ['superuser', 'size'];
  const size = useQuery({
    queryKey: key,
    queryFn: () => call('getRegistrySize', {}),
    refetchInterval: (query) => (query.state.data?.queued || query.state.data?.running ? 2000 : false),
  });
  const me = useUser();
  const { attempt } = useChanges(key);
  const busy = size.data ? size.data.queued || size.data.running : true;
  return (
    <Part
      title="Size of the registry"
      about="All images together; what several share counts once."
      actions={
        me?.super_user && (
          <Button
            variant="secondary"
            isDisabled={busy}
            isLoading={size.data ? busy : false}
            onClick={() => void attempt('It cannot be counted', () => call('queueRegistrySizeCalculation', {}))}
          >
            {size.data && busy ? 'Being counted' : 'Count now'}
          </Button>
        )
      }
    >
      {size.error && <Failure error={size.error} retry={() => void size.refetch()} />}
      <DescriptionList isHorizontal isCompact className="wharf-facts">
        <DescriptionListGroup>
          <DescriptionListTerm>Size</DescriptionListTerm>
          <DescriptionListDescription>
            {size.data?.last_ran ? <Size bytes={size.data.size_bytes} /> : 'not counted yet'}
          </DescriptionListDescription>
        </DescriptionListGroup>
        <DescriptionListGroup>
          <DescriptionListTerm>Counted</DescriptionListTerm>
          <DescriptionListDescription>
            <Time at={size.data?.last_ran ? new Date(size.data.last_ran).toISOString() : null} />
          </DescriptionListDescription>
        </DescriptionListGroup>
      </DescriptionList>
    </Part>
  );
}

function Configuration() {
  const config = useQuery({ queryKey: ['superuser', 'config'], queryFn: () => call('getSuperUserConfig', {}) });
  const rows = Object.entries((config.data?.config ?? {}) as Record<string, unknown>);
  return (
    <Part title="Configuration" about="What this server runs with; secrets are left out.">
      {config.error && <Failure error={config.error} retry={() => void config.refetch()} />}
      {config.isPending && <LoadingLines count={4} />}
      {config.data && (
        <ExpandableSection toggleText={`${rows.length} settings`}>
          <CodeBlock>
            <CodeBlockCode className="wharf-dump" tabIndex={0}>
              {rows
                .sort(([one], [other]) => one.localeCompare(other))
                .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
                .join('\n')}
            </CodeBlockCode>
          </CodeBlock>
        </ExpandableSection>
      )}
    </Part>
  );
}

function Changes() {
  const { version_number: version } = useConfig();
  const changes = useQuery({ queryKey: ['superuser', 'changes'], queryFn: () => call('getChangeLog', {}), staleTime: Infinity });
  return (
    <Part title="Change log" about={`This is version ${version}.`}>
      {changes.error && <Failure error={changes.error} retry={() => void changes.refetch()} />}
      {changes.isPending && <LoadingLines count={4} />}
      {changes.data && (
        <ExpandableSection toggleText="What changed">
          <div className="wharf-markdown wharf-dump" role="region" aria-label="Change log" tabIndex={0}>
            <Suspense fallback={<LoadingLines count={4} />}>
              <Markdown components={{ h1: 'h3', h2: 'h4', h3: 'h5' }}>{changes.data.log}</Markdown>
            </Suspense>
          </div>
        </ExpandableSection>
      )}
    </Part>
  );
}

/** The registry as a whole: its size, its configuration, its changes. */
export default function RegistryTab() {
  const dump = useFeature('SUPERUSER_CONFIGDUMP');
  return (
    <>
      <RegistrySize />
      {dump && <Configuration />}
      <Changes />
    </>
  );
}
