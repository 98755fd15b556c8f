import { expect, it } from 'vitest';
import { kindWords, logWords } from './words';

it('an entry is said in a sentence with what it is about', () => {
  expect(logWords('push_repo', { repo: 'web', tag: 'latest' })).toBe('Pushed latest to web');
  expect(logWords('pull_repo', { repo: 'web', manifest_digest: `sha256:${'0'.repeat(64)}` })).toBe('Pulled sha256:000000000000 from web');
  expect(logWords('add_repo_permission', { repo: 'web', team: 'owners', role: 'read' })).toBe('Gave owners the role read in web');
});

it('an entry that lacks what its sentence names, or has none, is said by its kind', () => {
  expect(logWords('push_repo', {})).toBe('Push repository');
  expect(logWords('org_mirror_enabled', {})).toBe('Organization mirror enabled');
  expect(kindWords('login_success')).toBe('Login success');
});
