import { lazy } from 'react';
import { useParams, useSearchParams } from 'react-router-dom';
import { NotFoundPage } from '@/components/ErrorPage';
import { LoadingPage } from '@/components/LoadingPage';
import { parseAddress, type RepositoryAddress } from './path';
import RepositoryPage from './RepositoryPage';
import { repositoryTabs } from './tabs';
import { useRepository } from './useRepository';

const TagPage = lazy(() => import('@/features/tag/TagPage'));

/** Of a tag or a manifest, unless the repository does not exist and one exists that is called by all of the address. */
function TagOrRepository({ address, whole }: { address: RepositoryAddress; whole: string }) {
  const owner = useRepository(address.repository);
  const other = useRepository(whole, owner.isError);
  if (owner.isError && other.isPending) return <LoadingPage />;
  if (owner.isError && other.data) return <RepositoryPage name={whole} />;
  return <TagPage address={address} />;
}

/** What stands at an address below /repository/: a repository, one of its tags, or a manifest by its digest. */
export default function RepositoryRoute() {
  const { '*': rest = '' } = useParams();
  const [parameters] = useSearchParams();
  const tab = parameters.get('tab');
  const address = parseAddress(rest, repositoryTabs.some((known) => known.id === tab));
  if (!address) return <NotFoundPage />;
  if (address.tag || address.digest) {
    return <TagOrRepository key={rest} address={address} whole={parseAddress(rest, true)?.repository ?? ''} />;
  }
  return <RepositoryPage key={address.repository} name={address.repository} />;
}
