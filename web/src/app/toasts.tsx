import { Alert, AlertActionCloseButton, AlertActionLink, AlertGroup } from '@patternfly/react-core';
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { ApiError } from '@/api/http';

interface Toast {
  key: number;
  variant: 'success' | 'danger' | 'info' | 'warning';
  title: string;
  body?: ReactNode;
  undo?: () => void;
}

export interface Toasts {
  success: (title: string, body?: ReactNode) => void;
  /** The same, with a button that takes it back; it stays a while longer. */
  undoable: (title: string, undo: () => void) => void;
  info: (title: string, body?: ReactNode) => void;
  /** `title` says what was wanted, the error what the server said. */
  failure: (title: string, error: unknown) => void;
}

const Context = createContext<Toasts | undefined>(undefined);
const kSuccessMs = 6000;
const kUndoMs = 15_000;
let nextKey = 0;

/** What an error says to people. */
export function wordsOf(error: unknown): string {
  if (error instanceof ApiError || error instanceof Error) return error.message;
  return String(error);
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const add = useCallback((toast: Omit<Toast, 'key'>) => {
    nextKey += 1;
    setToasts((others) => [...others.slice(-4), { ...toast, key: nextKey }]);
  }, []);
  const value = useMemo<Toasts>(
    () => ({
      success: (title, body) => add({ variant: 'success', title, body }),
      undoable: (title, undo) => add({ variant: 'success', title, undo }),
      info: (title, body) => add({ variant: 'info', title, body }),
      failure: (title, error) => add({ variant: 'danger', title, body: wordsOf(error) }),
    }),
    [add],
  );
  const close = (key: number) => setToasts((others) => others.filter((toast) => toast.key !== key));
  return (
    <Context.Provider value={value}>
      {children}
      <AlertGroup isToast isLiveRegion>
        {toasts.map((toast) => (
          <Alert
            key={toast.key}
            variant={toast.variant}
            title={toast.title}
            timeout={toast.variant === 'danger' ? false : toast.undo ? kUndoMs : kSuccessMs}
            onTimeout={() => close(toast.key)}
            {...(toast.undo
              ? {
                  actionLinks: (
                    <AlertActionLink
                      onClick={() => {
                        close(toast.key);
                        toast.undo?.();
                      }}
                    >
                      Undo
                    </AlertActionLink>
                  ),
                }
              : {})}
            actionClose={<AlertActionCloseButton title={toast.title} onClose={() => close(toast.key)} />}
          >
            {toast.body}
          </Alert>
        ))}
      </AlertGroup>
    </Context.Provider>
  );
}

export function useToasts(): Toasts {
  const toasts = useContext(Context);
  if (!toasts) throw new Error('useToasts outside of ToastProvider');
  return toasts;
}
