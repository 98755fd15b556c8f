import { useEffect, useRef, type RefObject } from 'react';

/** Whether nothing has the focus: what had it is gone. While a dialog is open, the focus is its own business. */
export function focusIsLost(): boolean {
  const nowhere = document.activeElement === null || document.activeElement === document.body;
  return nowhere && !document.querySelector('[aria-modal="true"]');
}

/** Where to go on when the row at `index` is gone and `count` are left; undefined: none is. */
export function rowAfter(index: number, count: number): number | undefined {
  return count > 0 ? Math.min(index, count - 1) : undefined;
}

/**
 * Keyboards and screen readers go on beside a row that was deleted: at the one that took its place, or at what is said
 * of an empty table. `keys` are those of the rows that stand there, undefined while none is known. `follow` is told the
 * row that has the focus, `frame` belongs around the table and around what stands there instead of it.
 */
export function useKeptFocus(keys: readonly string[] | undefined): {
  frame: RefObject<HTMLDivElement>;
  follow: (key: string) => void;
} {
  const frame = useRef<HTMLDivElement>(null);
  const last = useRef<{ key: string; index: number }>();
  const follow = (key: string) => {
    last.current = { key, index: keys?.indexOf(key) ?? 0 };
  };
  // After each drawing: a dialog that was asked first keeps the focus until it closes.
  useEffect(() => {
    if (!last.current || !keys || keys.includes(last.current.key) || !focusIsLost()) return;
    const next = rowAfter(last.current.index, keys.length);
    last.current = undefined;
    const row = next === undefined ? undefined : frame.current?.querySelectorAll('tbody > tr')[next];
    const target = row?.querySelector<HTMLElement>('.pf-v6-c-table__action button') ?? row?.querySelector<HTMLElement>('a, button, input');
    (target ?? frame.current)?.focus();
  });
  return { frame, follow };
}
