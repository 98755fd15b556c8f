import { expect, it } from 'vitest';
import { newestImage } from './newest';

it('passes over the tags of signatures', () => {
  const signature = { name: `sha256-${'0'.repeat(64)}.sig` };
  expect(newestImage([signature, { name: 'v2' }, { name: 'v1' }])).toEqual({ name: 'v2' });
  expect(newestImage([signature])).toEqual(signature);
  expect(newestImage(undefined)).toBeUndefined();
});
