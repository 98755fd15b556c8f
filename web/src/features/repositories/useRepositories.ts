import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call } from '@/api/call';

export interface RepositoryRow {
  namespace: string;
  name: string;
  description: string;
  isPublic: boolean;
  lastModified: number | null | undefined;
  popularity: number | undefined;
  /** Not told by a search. */
  tags?: number;
  starred?: boolean;
}

export interface RepositoryWish {
  /** "": a list by namespace; otherwise a search, which ranks. */
  query: string;
  namespace: string;
  starred: boolean;
  /** What is public too, not only what one was given. */
  everything: boolean;
  /** The token or the number of the page; "": the first. */
  page: string;
}

/** A page of repositories: the server looks for them, sorts and pages, however many there are. */
export function useRepositories(wish: RepositoryWish) {
  return useQuery({
    queryKey: ['repositories', wish],
    placeholderData: keepPreviousData,
    queryFn: async (): Promise<{ rows: RepositoryRow[]; next: string | undefined }> => {
      if (wish.query) {
        const found = await call('conductRepoSearch', { query: wish.query, page: Number(wish.page) || 1, includeUsage: true });
        return {
          rows: found.results.map((hit) => ({
            namespace: hit.namespace.name,
            name: hit.name,
            description: hit.description,
            isPublic: hit.is_public,
            lastModified: hit.last_modified,
            popularity: hit.popularity,
          })),
          next: found.has_additional ? String(found.page + 1) : undefined,
        };
      }
      const list = await call('listRepositories', {
        namespace: wish.namespace || undefined,
        starred: wish.starred || undefined,
        public: wish.everything || wish.starred || undefined,
        last_modified: true,
        popularity: true,
        next_page: wish.page || undefined,
      });
      return {
        rows: list.repositories.map((row) => ({
          namespace: row.namespace,
          name: row.name,
          description: row.description,
          isPublic: row.is_public,
          lastModified: row.last_modified,
          popularity: row.popularity,
          tags: row.tag_count,
          ...(row.is_starred === undefined ? {} : { starred: row.is_starred }),
        })),
        next: list.next_page,
      };
    },
  });
}
