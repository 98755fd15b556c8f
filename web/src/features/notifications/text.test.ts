import { expect, it } from 'vitest';
import { notificationText } from './text';

it('says what happened, and of kinds it does not know at least their names', () => {
  expect(notificationText({ kind: 'repo_push', metadata: { repository: 'acme/app', updated_tags: ['v1', 'v2'] } })).toBe(
    'Images were pushed to acme/app: v1, v2',
  );
  expect(notificationText({ kind: 'something_new', metadata: {} })).toBe('something new:');
});
