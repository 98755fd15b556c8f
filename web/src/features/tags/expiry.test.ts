import { expect, it } from 'vitest';
import { localInput, secondsOf } from './expiry';

it('a time survives the input, to the minute', () => {
  const millis = new Date(2026, 5, 15, 13, 45).getTime();
  expect(localInput(millis)).toBe('2026-06-15T13:45');
  expect(secondsOf(localInput(millis))).toBe(millis / 1000);
  expect(secondsOf('')).toBeUndefined();
});
