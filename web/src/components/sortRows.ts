import type { Column, Sort } from './DataTable';

/** Rows in the order that the reader chose by a column's head; as they came without one. Ties stay as they came. */
export function sortRows<Row>(rows: Row[] | undefined, columns: readonly Column<Row>[], sort: Sort | undefined): Row[] | undefined {
  const value = columns.find((column) => column.sort === sort?.by)?.value;
  if (!rows || !sort || !value) return rows;
  const direction = sort.descending ? -1 : 1;
  const compare = (a: string | number, b: string | number) =>
    typeof a === 'string' || typeof b === 'string'
      ? String(a).localeCompare(String(b), undefined, { numeric: true, sensitivity: 'base' })
      : a - b;
  return [...rows].sort((a, b) => direction * compare(value(a), value(b)));
}

/** "name", "-name" in an address. */
export function sortOf(text: string): Sort | undefined {
  if (!text) return undefined;
  return text.startsWith('-') ? { by: text.slice(1), descending: true } : { by: text, descending: false };
}

export function sortText(sort: Sort): string {
  return (sort.descending ? '-' : '') + sort.by;
}
