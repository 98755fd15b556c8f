import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/call';

export function useRepository(name: string, enabled = true) {
  return useQuery({
    queryKey: ['repository', name],
    queryFn: () => call('getRepository', { repository: name, includeTags: false }),
    enabled,
  });
}
