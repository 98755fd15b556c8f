import { expect, it } from 'vitest';
import { notificationText, targetOf } from './text';

it('says what happened, and of kinds it does not know at least their names', () => {
  expect(notificationText({ kind: 'repo_push', metadata: { repository: 'acme/app', updated_tags: ['v1', 'v2'] } })).toBe(
    'Images were pushed to acme/app: v1, v2',
  );
  expect(notificationText({ kind: 'something_new', metadata: {} })).toBe('something new:');
});

it('leads to what it is about', () => {
  const invitation = { kind: 'org_team_invite', metadata: { code: 'urn:teaminvite:1', inviter: 'ada', org: 'acme', team: 'devs' } };
  expect(notificationText(invitation)).toBe('ada invites you to the team devs of acme');
  expect(targetOf(invitation)).toBe('/confirminvite?code=urn%3Ateaminvite%3A1');
  expect(targetOf({ kind: 'repo_push', metadata: { repository: 'acme/app' } })).toBe('/repository/acme/app?tab=tags');
  expect(targetOf({ kind: 'something_new', metadata: {} })).toBe('');
});
