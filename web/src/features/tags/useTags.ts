import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { call, type Schema } from '@/api/call';

export type Tag = Schema<'TagItem'>;

export const kTagsAPage = 25;

/** A page of the live tags of a repository, newest first, with what the table shows beside them. */
export function useTags(repository: string, page: number, filter: string) {
  return useQuery({
    queryKey: ['tags', repository, 'live', page, filter],
    queryFn: () =>
      call('listRepositoryTags', {
        repository,
        page,
        limit: kTagsAPage,
        onlyActiveTags: true,
        details: true,
        filter_tag_name: filter ? `like:${filter}` : undefined,
      }),
    placeholderData: keepPreviousData,
    // As long as something is being looked into, ask again.
    refetchInterval: (query) =>
      query.state.data?.tags.some((tag) => tag.details?.findings.status === 'queued') ? 3000 : false,
  });
}

/** Every generation of every tag, newest first. */
export function useTagHistory(repository: string, page: number, filter: string) {
  return useQuery({
    queryKey: ['tags', repository, 'history', page, filter],
    queryFn: () =>
      call('listRepositoryTags', {
        repository,
        page,
        limit: 50,
        filter_tag_name: filter ? `like:${filter}` : undefined,
      }),
    placeholderData: keepPreviousData,
  });
}

/** The live tag of this name. */
export function useTag(repository: string, tag: string, enabled = true) {
  return useQuery({
    queryKey: ['tags', repository, 'one', tag],
    queryFn: async () => {
      const list = await call('listRepositoryTags', {
        repository,
        specificTag: tag,
        onlyActiveTags: true,
        details: true,
        limit: 1,
      });
      return list.tags[0] ?? null;
    },
    enabled,
  });
}

/** After tags have changed: whatever shows them asks again. */
export function useTagsChanged(repository: string): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await Promise.all([
      client.invalidateQueries({ queryKey: ['tags', repository] }),
      client.invalidateQueries({ queryKey: ['repository', repository] }),
      client.invalidateQueries({ queryKey: ['repositories'] }),
    ]);
  };
}
