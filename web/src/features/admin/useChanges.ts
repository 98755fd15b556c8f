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
  /** For changes without a dialog: a refusal becomes a toast. With `undo`, what was done can be taken back there. */
  const attempt = async (failed: string, work: () => Promise<unknown>, words = '', undo?: () => Promise<unknown>) => {
    try {
      await work();
      await done(undo ? '' : words);
      if (undo) toasts.undoable(words, () => void attempt('It could not be undone', undo, 'It is as it was'));
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
