import { expect, it } from 'vitest';
import type { Column } from './DataTable';
import { sortOf, sortRows, sortText } from './sortRows';

interface Row {
  name: string;
  size: number;
}
const rows: Row[] = [
  { name: 'app-10', size: 1 },
  { name: 'App-9', size: 3 },
  { name: 'zoo', size: 2 },
];
const columns: Column<Row>[] = [
  { title: 'Name', sort: 'name', value: (row) => row.name, cell: (row) => row.name },
  { title: 'Size', sort: 'size', value: (row) => row.size, cell: (row) => row.size },
];
const names = (text: string) => sortRows(rows, columns, sortOf(text))?.map((row) => row.name);

it('orders names as people do, and numbers by their value', () => {
  expect(names('name')).toEqual(['App-9', 'app-10', 'zoo']);
  expect(names('-name')).toEqual(['zoo', 'app-10', 'App-9']);
  expect(names('-size')).toEqual(['App-9', 'zoo', 'app-10']);
});

it('leaves the order of the server where none or an unknown one is wanted', () => {
  expect(names('')).toEqual(rows.map((row) => row.name));
  expect(names('colour')).toEqual(rows.map((row) => row.name));
  expect(sortRows(undefined, columns, sortOf('name'))).toBeUndefined();
});

it('goes into an address and comes back', () => {
  expect(sortText({ by: 'size', descending: true })).toBe('-size');
  expect(sortOf('-size')).toEqual({ by: 'size', descending: true });
});
