import { useToasts } from '@/app/toasts';

/** Puts a text into the reader's clipboard, and says that it is there (or why not). `what`: "The digest". */
export function useCopy(): (text: string, what: string) => Promise<void> {
  const toasts = useToasts();
  return async (text, what) => {
    try {
      await navigator.clipboard.writeText(text);
      toasts.success(`${what} is in the clipboard`);
    } catch (error) {
      toasts.failure(`${what} could not be copied`, error);
    }
  };
}
