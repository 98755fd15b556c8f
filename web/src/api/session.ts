import { useQuery, useQueryClient } from '@tanstack/react-query';
import { call, type Schema } from './call';
import { ApiError, request } from './http';

/** What GET /config tells of the registry: the keys that are used here. */
export interface RegistryConfig {
  config: {
    SERVER_HOSTNAME: string;
    PREFERRED_URL_SCHEME: string;
    REGISTRY_TITLE: string;
    REGISTRY_TITLE_SHORT: string;
    TAG_EXPIRATION_OPTIONS: string[];
    DOCUMENTATION_ROOT: string;
    [key: string]: unknown;
  };
  features: Record<string, boolean>;
  registry_state: 'normal' | 'readonly';
  version_number: string;
}

export type User = Schema<'UserView'>;

/** The registry's configuration; the shell shows nothing before it is here. */
export function useConfig(): RegistryConfig {
  const { data } = useQuery(configQuery);
  if (!data) throw new Error('useConfig outside of the shell');
  return data;
}

export const configQuery = {
  queryKey: ['config'],
  queryFn: () => request<RegistryConfig>('GET', '/config'),
  staleTime: Infinity,
};

export const userQuery = {
  queryKey: ['user'],
  queryFn: async (): Promise<User | null> => {
    try {
      return await call('getLoggedInUser', {});
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
};

/** Who is signed in; null: nobody. */
export function useUser(): User | null {
  return useQuery(userQuery).data ?? null;
}

/** Whether a flag is on: `useFeature('MAILING')`. */
export function useFeature(name: string): boolean {
  return useConfig().features[name] === true;
}

export type Setup = Schema<'Setup'>;

/** Whether the first user is still to be made. */
export const setupQuery = {
  queryKey: ['setup'],
  queryFn: () => request<Setup>('GET', '/api/v1/setup'),
  staleTime: Infinity,
};

/** Forgets all that the last user saw, and asks anew who is here. */
export function useRestart(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    client.removeQueries({ predicate: (query) => !['config', 'user', 'setup'].includes(String(query.queryKey[0])) });
    await client.invalidateQueries({ queryKey: ['setup'] });
    await client.refetchQueries({ queryKey: ['user'] });
  };
}
