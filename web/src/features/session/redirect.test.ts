import { expect, it } from 'vitest';
import { isServersPage, redirectTarget } from './redirect';

it.each([
  [null, '/repository'],
  ['', '/repository'],
  ['/repository/acme/app?tab=tags', '/repository/acme/app?tab=tags'],
  ['//evil.example', '/repository'],
  ['/\\evil.example', '/repository'],
  ['https://evil.example/', '/repository'],
  ['javascript:alert(1)', '/repository'],
  ['/\t/evil.example', '/repository'],
])('after signing in, %s leads to %s', (wanted, target) => expect(redirectTarget(wanted)).toBe(target));

it('knows which pages are the server’s own', () => {
  expect(isServersPage('/oauth/authorize?client_id=x')).toBe(true);
  expect(isServersPage('/repository/oauth/app')).toBe(false);
});
