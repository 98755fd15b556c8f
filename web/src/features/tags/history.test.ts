import { expect, it } from 'vitest';
import { generationState } from './history';

it.each([
  [undefined, 'live'],
  [101, 'expiring'],
  [100, 'ended'],
  [5, 'ended'],
])('a generation that ends at %s is %s at 100', (end, state) => {
  expect(generationState(end === undefined ? {} : { end_ts: end }, 100)).toBe(state);
});
