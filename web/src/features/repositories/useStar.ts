import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '@/api/call';
import { useToasts } from '@/app/toasts';

/** Stars a repository, or takes the star away. */
export function useStar() {
  const client = useQueryClient();
  const toasts = useToasts();
  return useMutation({
    mutationFn: async ({ name, starred }: { name: string; starred: boolean }) => {
      const slash = name.indexOf('/');
      if (starred) {
        await call('createStar', {}, { namespace: name.slice(0, slash), repository: name.slice(slash + 1) });
      } else {
        await call('deleteStar', { repository: name });
      }
    },
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: ['repository'] }),
        client.invalidateQueries({ queryKey: ['repositories'] }),
      ]);
    },
    onError: (error) => toasts.failure('The star could not be changed', error),
  });
}
