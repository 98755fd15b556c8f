import { useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useToasts } from '@/app/toasts';

/** What follows a change: lists that show it (`keys`, or their beginnings) are asked for anew, and a toast says it. */
export function useChanges(...keys: QueryKey[]) {
  const client = useQueryClient();
  const toasts = useToasts();
  const done = async (words = '') => {
    await Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })));
    if (words) toasts.success(words);
  };
  /** For changes without a dialog: a refusal becomes a toast. */
  const attempt = async (failed: string, work: () => Promise<unknown>, words = '') => {
    try {
      await work();
      await done(words);
    } catch (error) {
      toasts.failure(failed, error);
      await done();
    }
  };
  return { done, attempt };
}

/** The API's document says nothing of what is inside these. */
export function freeObject(value: object): Record<string, never> {
  return value as Record<string, never>;
}
