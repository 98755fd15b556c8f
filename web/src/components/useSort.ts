import type { Sort } from './DataTable';
import { sortOf, sortText } from './sortRows';
import { useUrlState } from './useUrlState';

/** The order that the reader chose, in the address: `?sort=name`, `?sort=-name`. */
export function useSort(): [Sort | undefined, (sort: Sort) => void] {
  const [text, setText] = useUrlState('sort');
  return [sortOf(text), (sort) => setText(sortText(sort))];
}
