import { SearchInput, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { shortDigest } from '@/components/format';
import { LoadingLines } from '@/components/LoadingPage';
import { Pager, usePaging } from '@/components/Pager';
import { useUrlState } from '@/components/useUrlState';
import { severityRank } from '@/features/tags/severity';
import { ScanState } from './ScanState';
import { packagesOf, type Feature } from './security';
import { useSecurity } from './useManifest';
import { SeverityLabel } from './VulnerabilitiesTab';

const kAPage = 50;

/** What is installed in the image, and the worst that is known of it. */
export function PackagesTab({ repository, digest }: { repository: string; digest: string | undefined }) {
  const security = useSecurity(repository, digest);
  const [text, setText] = useUrlState('text', '', ['page']);
  const paging = usePaging();
  if (security.isPending) return <LoadingLines count={8} />;
  if (security.data?.status !== 'scanned') return <ScanState security={security} />;
  const wanted = text.trim().toLowerCase();
  const shown = packagesOf(security.data)
    .filter((feature) => feature.Name.toLowerCase().includes(wanted))
    .map((feature) => ({
      ...feature,
      worst: [...(feature.Vulnerabilities ?? [])].sort((a, b) => severityRank(a.Severity) - severityRank(b.Severity))[0],
    }))
    .sort((a, b) => severityRank(a.worst?.Severity ?? '') - severityRank(b.worst?.Severity ?? '') || a.Name.localeCompare(b.Name));
  const page = Number(paging.token) || 1;
  return (
    <>
      <Toolbar inset={{ default: 'insetNone' }}>
        <ToolbarContent>
          <ToolbarItem>
            <SearchInput
              aria-label="Filter by package"
              placeholder="Package"
              value={text}
              onChange={(_event, value) => setText(value)}
              onClear={() => setText('')}
            />
          </ToolbarItem>
          <ToolbarItem alignSelf="center">{shown.length.toLocaleString('en')} packages</ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      <DataTable
        label="Packages"
        rows={shown.slice((page - 1) * kAPage, page * kAPage)}
        keyOf={(feature) => `${feature.Name} ${feature.Version} ${feature.AddedBy} ${feature.VersionFormat}`}
        empty={<EmptyPage title={text ? 'No package has this in its name' : 'No packages were found in this image'} />}
        columns={[
          { title: 'Package', cell: (feature) => <span className="wharf-break">{feature.Name}</span> },
          { title: 'Version', cell: (feature) => <span className="wharf-mono wharf-break">{feature.Version}</span> },
          ...(shown.some((feature) => feature.VersionFormat) ? [{ title: 'Kind', cell: (feature: Feature) => feature.VersionFormat }] : []),
          {
            title: 'Findings',
            cell: (feature) =>
              feature.worst ? (
                <>
                  {feature.Vulnerabilities?.length}, at worst <SeverityLabel severity={feature.worst.Severity} />
                </>
              ) : (
                <span className="wharf-clean">none</span>
              ),
          },
          {
            title: 'Layer',
            cell: (feature) => (
              <span className="wharf-mono wharf-nowrap" title={feature.AddedBy}>
                {shortDigest(feature.AddedBy)}
              </span>
            ),
          },
        ]}
      />
      <Pager paging={paging} next={shown.length > page * kAPage ? String(page + 1) : undefined} label="packages" />
    </>
  );
}
