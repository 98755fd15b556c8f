import { lazy } from 'react';
import { useParams, useSearchParams } from 'react-router-dom';
import { NotFoundPage } from '@/components/ErrorPage';
import { parseAddress } from './path';
import RepositoryPage from './RepositoryPage';
import { repositoryTabs } from './tabs';

const TagPage = lazy(() => import('@/features/tag/TagPage'));

/** What stands at an address below /repository/: a repository, one of its tags, or a manifest by its digest. */
export default function RepositoryRoute() {
  const { '*': rest = '' } = useParams();
  const [parameters] = useSearchParams();
  const tab = parameters.get('tab');
  const address = parseAddress(rest, repositoryTabs.some((known) => known.id === tab));
  if (!address) return <NotFoundPage />;
  if (address.tag || address.digest) return <TagPage key={rest} address={address} />;
  return <RepositoryPage key={address.repository} name={address.repository} />;
}
