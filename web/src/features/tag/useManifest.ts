import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/call';

/** A manifest with its layers and configuration; what a digest names never changes. */
export function useManifest(repository: string, digest: string | undefined) {
  return useQuery({
    queryKey: ['manifest', repository, digest],
    queryFn: () => call('getRepoManifest', { repository, manifestref: digest ?? '', include_config: true }),
    enabled: digest !== undefined,
    staleTime: Infinity,
  });
}

export function useSecurity(repository: string, digest: string | undefined) {
  return useQuery({
    queryKey: ['security', repository, digest],
    queryFn: () => call('getManifestSecurity', { repository, manifestref: digest ?? '' }),
    enabled: digest !== undefined,
    staleTime: 60_000,
    refetchInterval: (query) => (query.state.data?.status === 'queued' ? 3000 : false),
  });
}

/** What refers to a manifest: signatures, attestations, SBOMs. The first hundred. */
export function useReferrers(repository: string, digest: string | undefined) {
  return useQuery({
    queryKey: ['referrers', repository, digest],
    queryFn: () => call('listManifestReferrers', { repository, manifestref: digest ?? '' }),
    enabled: digest !== undefined,
  });
}

export function useLabels(repository: string, digest: string | undefined) {
  return useQuery({
    queryKey: ['labels', repository, digest],
    queryFn: () => call('listManifestLabels', { repository, manifestref: digest ?? '' }),
    enabled: digest !== undefined,
  });
}
