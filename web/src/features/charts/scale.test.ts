import { expect, it } from 'vitest';
import { niceTop } from './scale';

it('an axis ends at a round number whose half is whole', () => {
  expect([0, 1, 3, 5, 9, 10, 11, 45, 99, 101, 210, 1234].map(niceTop)).toEqual([2, 2, 4, 6, 10, 10, 12, 50, 100, 120, 240, 1600]);
});
