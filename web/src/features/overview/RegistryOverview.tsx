import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router-dom';
import { call, type Schema } from '@/api/call';
import { Breakable } from '@/components/Breakable';
import { DataTable } from '@/components/DataTable';
import { Failure } from '@/components/Failure';
import { sizeText } from '@/components/format';
import { LoadingLines } from '@/components/LoadingPage';
import { Time } from '@/components/Time';
import { Bars } from '@/features/charts/Bars';
import { tagAddress } from '@/features/repository/path';
import { Numbers, Picture } from './Picture';
import { severities } from './severities';
import { Traffic } from './Traffic';

function useInsight() {
  return useQuery({
    queryKey: ['superuser', 'insight'],
    queryFn: () => call('getRegistryInsight', {}),
    refetchInterval: (query) => (query.state.data?.counting ? 1500 : false),
  });
}

function Storage(props: { namespaces: Schema<'NamespaceInsight'>[] }) {
  const namespaces = props.namespaces.filter((namespace) => namespace.size_bytes > 0);
  if (namespaces.length === 0) return <p className="wharf-subtle">Nothing is stored yet. A push makes the first repository.</p>;
  return (
    <Bars
      title="Storage by namespace"
      head="Size"
      bars={namespaces.map((namespace) => ({
        key: namespace.name,
        name: (
          <Link to={`/${namespace.kind === 'user' ? 'user' : 'organization'}/${encodeURIComponent(namespace.name)}`}>
            {namespace.name}
          </Link>
        ),
        value: namespace.size_bytes,
        text: sizeText(namespace.size_bytes),
      }))}
    />
  );
}

function Worst({ images }: { images: Schema<'ImageInsight'>[] }) {
  return (
    <DataTable
      label="Images with the most critical findings that can be fixed"
      rows={images.filter((image) => image.findings.fixable > 0)}
      keyOf={(image) => `${image.namespace}/${image.repository}:${image.tag}@${image.manifest_digest}`}
      empty={<p className="wharf-subtle">No image has a finding that a newer package would fix.</p>}
      columns={[
        {
          title: 'Image',
          cell: (image) => (
            <Link
              to={`${tagAddress(`${image.namespace}/${image.repository}`, image.tag)}?tab=securityreport`}
            >
              <Breakable text={`${image.namespace}/${image.repository}:${image.tag}`} />
            </Link>
          ),
        },
        { title: 'Critical, fixable', number: true, cell: (image) => image.findings.fixable_critical },
        { title: 'Critical', number: true, cell: (image) => image.findings.critical },
        { title: 'High', number: true, cell: (image) => image.findings.high },
        { title: 'All fixable', number: true, cell: (image) => image.findings.fixable },
      ]}
    />
  );
}

/** The registry in pictures, as it was counted last; opening the page has it counted anew where that is old. */
export function RegistryOverview() {
  const { data, error, refetch } = useInsight();
  if (error && !data) {
    return <Failure error={error} retry={() => void refetch()} />;
  }
  const known = data && data.counted_ms !== null ? data.insight : undefined;
  return (
    <div className="wharf-overview">
      <Picture
        title="The registry"
        wide
        about={
          <span aria-live="polite">
            {data?.counted_ms ? (
              <>
                Counted <Time at={new Date(data.counted_ms).toISOString()} />
                {data.counting ? ', and being counted anew.' : '.'}
              </>
            ) : (
              'Being counted.'
            )}
          </span>
        }
      >
        {known ? (
          <Numbers
            figures={[
              { title: 'Users', value: known.users },
              { title: 'Organizations', value: known.organizations },
              { title: 'Repositories', value: known.repositories },
              { title: 'Stored', value: sizeText(known.size_bytes) },
              { title: 'Images scanned', value: known.images },
              { title: 'Without findings', value: known.clean_images },
            ]}
          />
        ) : (
          <LoadingLines count={2} />
        )}
      </Picture>
      <Traffic owner="all" />
      <Picture title="Storage by namespace" about="Layers that several share count in each.">
        {known ? <Storage namespaces={known.namespaces} /> : <LoadingLines count={5} />}
      </Picture>
      <Picture title="Findings by severity" about="Of all images that tags name.">
        {known ? (
          <>
            <Bars
              title="Findings by severity"
              head="Findings"
              bars={severities.map(({ key, title }) => ({
                key,
                name: title,
                value: known.findings[key],
                text: String(known.findings[key]),
                color: `wharf-${key}`,
              }))}
            />
            <p className="wharf-skeleton-line">
              {known.findings.fixable} can be fixed by newer packages, {known.findings.fixable_critical} critical ones among them.
            </p>
          </>
        ) : (
          <LoadingLines count={5} />
        )}
      </Picture>
      <Picture title="Most critical findings that can be fixed" wide>
        {known ? <Worst images={known.worst_images} /> : <LoadingLines count={5} />}
      </Picture>
    </div>
  );
}
