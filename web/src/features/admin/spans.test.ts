import { expect, it } from 'vitest';
import { secondsOf, spanChoices, spanWords } from './spans';

it('spans of the configuration are seconds', () => {
  expect(['0s', '5m', '2h', '1d', '2w', 'x', '2y'].map(secondsOf)).toEqual([0, 300, 7200, 86_400, 1_209_600, undefined, undefined]);
});

it('seconds are said in the largest unit that fits', () => {
  expect([0, 1, 90, 3600, 172_800, 604_800].map(spanWords)).toEqual(['at once', '1 second', '90 seconds', '1 hour', '2 days', '1 week']);
});

it('the present span can be chosen even where the configuration does not offer it', () => {
  expect(spanChoices(['2w', '1d'], 3600)).toEqual([
    { value: '3600', title: '1 hour' },
    { value: '86400', title: '1 day' },
    { value: '1209600', title: '2 weeks' },
  ]);
});
