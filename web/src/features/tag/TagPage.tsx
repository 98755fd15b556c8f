import {
  Breadcrumb,
  BreadcrumbItem,
  FormSelect,
  FormSelectOption,
  PageSection,
  Title,
} from '@patternfly/react-core';
import { Link } from 'react-router-dom';
import { ApiError } from '@/api/http';
import { ErrorPage } from '@/components/ErrorPage';
import { shortDigest } from '@/components/format';
import { LoadingLines, LoadingPage } from '@/components/LoadingPage';
import { PageTabs } from '@/components/PageTabs';
import { usePageTitle } from '@/components/usePageTitle';
import { useUrlState } from '@/components/useUrlState';
import { addressOf, type RepositoryAddress } from '@/features/repository/path';
import { useTag } from '@/features/tags/useTags';
import { DetailsTab } from './DetailsTab';
import { LayersTab } from './LayersTab';
import { platformsOf } from './manifest';
import { PackagesTab } from './PackagesTab';
import { ReferrersTab } from './ReferrersTab';
import { tagTabs } from './tabs';
import { useManifest } from './useManifest';
import { VulnerabilitiesTab } from './VulnerabilitiesTab';

/** A tag, or a manifest by its digest: of an index one of its platforms is looked at closer. */
export default function TagPage({ address }: { address: RepositoryAddress }) {
  const { repository } = address;
  const tag = useTag(repository, address.tag ?? '', address.tag !== undefined);
  const digest = address.digest ?? tag.data?.manifest_digest;
  const manifest = useManifest(repository, digest);
  const [tab, setTab] = useUrlState('tab', 'details', ['text', 'fixable', 'severity']);
  const [wanted, setPlatform] = useUrlState('digest');
  const name = address.tag ?? shortDigest(address.digest ?? '');
  usePageTitle(tagTabs.find((known) => known.id === tab)?.title ?? '', `${repository}:${name}`);

  const platforms = manifest.data?.is_manifest_list ? platformsOf(manifest.data.manifest_data) : [];
  const platform = platforms.find((entry) => entry.digest === wanted) ?? platforms[0];
  const imageDigest = manifest.data?.is_manifest_list ? platform?.digest : digest;
  const image = useManifest(repository, imageDigest);

  const failed = tag.error ?? manifest.error ?? image.error;
  if (failed) return <ErrorPage error={failed} retry={() => void Promise.all([tag, manifest, image].filter((query) => query.isError).map((query) => query.refetch()))} />;
  if (tag.data === null) {
    const words = `Nothing is tagged so in ${repository}. What was deleted can be brought back from the tag history.`;
    return (
      <ErrorPage title={`There is no tag ${name}`} error={new ApiError(404, 'not_found', words)}>
        <Link to={addressOf(repository, 'history')}>Tag history</Link>
        <Link to={addressOf(repository, 'tags')}>Tags</Link>
      </ErrorPage>
    );
  }
  if (!manifest.data || !digest) return <LoadingPage />;
  const current = tagTabs.find((known) => known.id === tab) ?? tagTabs[0];
  return (
    <>
      <PageSection hasBodyWrapper={false}>
        <Breadcrumb>
          <BreadcrumbItem>
            <Link to="/repository">Repositories</Link>
          </BreadcrumbItem>
          <BreadcrumbItem>
            <Link to={addressOf(repository)}>{repository}</Link>
          </BreadcrumbItem>
          <BreadcrumbItem>
            <Link to={addressOf(repository, 'tags')}>Tags</Link>
          </BreadcrumbItem>
          <BreadcrumbItem isActive>{name}</BreadcrumbItem>
        </Breadcrumb>
        <div className="wharf-title">
          <Title headingLevel="h1" className="wharf-break">
            {repository}:{name}
          </Title>
          {platform && (
            <FormSelect
              className="wharf-platform"
              aria-label="Platform"
              value={platform.digest}
              onChange={(_event, value) => setPlatform(value)}
            >
              {platforms.map((entry) => (
                <FormSelectOption key={entry.digest} value={entry.digest} label={entry.name} />
              ))}
            </FormSelect>
          )}
        </div>
      </PageSection>
      <PageSection type="tabs" hasBodyWrapper={false}>
        <PageTabs label="Parts of the tag" current={current.id} tabs={tagTabs} panel="tag-tab" choose={setTab} />
      </PageSection>
      <PageSection hasBodyWrapper={false} id="tag-tab" role="tabpanel" aria-label={current.title} isFilled>
        {current.id === 'details' && (
          <DetailsTab
            repository={repository}
            name={address.tag ?? ''}
            digest={digest}
            tag={tag.data}
            image={image.data}
            platforms={platforms}
          />
        )}
        {current.id === 'layers' && (image.data ? <LayersTab image={image.data} /> : <LoadingLines />)}
        {current.id === 'securityreport' && <VulnerabilitiesTab repository={repository} digest={imageDigest} />}
        {current.id === 'packages' && <PackagesTab repository={repository} digest={imageDigest} />}
        {current.id === 'referrers' && <ReferrersTab repository={repository} digest={digest} />}
      </PageSection>
    </>
  );
}
