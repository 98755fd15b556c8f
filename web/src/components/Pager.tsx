import { Button } from '@patternfly/react-core';
import { AngleLeftIcon } from '@patternfly/react-icons/dist/esm/icons/angle-left-icon';
import { AngleRightIcon } from '@patternfly/react-icons/dist/esm/icons/angle-right-icon';
import { useRef } from 'react';
import { useSearchParams } from 'react-router-dom';

export interface Paging {
  /** What to give the server: the token of this page, or its number; empty: the first. */
  token: string;
  number: number;
  forward: (next: string) => void;
  back: () => void;
}

/**
 * Pages of a list that the server hands out by tokens (`next_page`) or numbers. The page stands in the address (`name`),
 * so that the back button and a reload keep it.
 */
export function usePaging(name = 'page'): Paging {
  const [parameters, setParameters] = useSearchParams();
  const token = parameters.get(name) ?? '';
  const seen = useRef<string[]>([]);
  if (!token) seen.current = [];
  const go = (wanted: string) =>
    setParameters((before) => {
      const after = new URLSearchParams(before);
      if (wanted) after.set(name, wanted);
      else after.delete(name);
      return after;
    });
  return {
    token,
    number: token ? Math.max(seen.current.length + 1, 2) : 1,
    forward: (next) => {
      seen.current.push(token);
      go(next);
    },
    back: () => go(seen.current.pop() ?? ''),
  };
}

/** Back and forward; nothing when everything stands on one page. */
export function Pager({ paging, next, label }: { paging: Paging; next: string | undefined; label: string }) {
  if (!paging.token && !next) return null;
  return (
    <nav className="wharf-pager" aria-label={`Pages of ${label}`}>
      <Button
        variant="plain"
        icon={<AngleLeftIcon />}
        aria-label="Previous page"
        isDisabled={!paging.token}
        onClick={paging.back}
      />
      <span aria-live="polite">Page {paging.number}</span>
      <Button
        variant="plain"
        icon={<AngleRightIcon />}
        aria-label="Next page"
        isDisabled={!next}
        onClick={() => next && paging.forward(next)}
      />
    </nav>
  );
}
