import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';

/**
 * A value that lives in the address (`?name=value`), so that links and the back button keep it. The default leaves the
 * address. `reset` names parameters that a change drops, such as the page of a list that is filtered anew.
 */
export function useUrlState(name: string, initial = '', reset: string[] = []): [string, (value: string) => void] {
  const [parameters, setParameters] = useSearchParams();
  const value = parameters.get(name) ?? initial;
  const others = reset.join(',');
  const set = useCallback(
    (wanted: string) => {
      setParameters(
        (before) => {
          const after = new URLSearchParams(before);
          if (wanted === initial) after.delete(name);
          else after.set(name, wanted);
          for (const other of others.split(',')) if (other) after.delete(other);
          return after;
        },
        { replace: true },
      );
    },
    [setParameters, name, initial, others],
  );
  return [value, set];
}
