import { describe, expect, it } from 'vitest';
import { addressOf, isAmbiguous, manifestAddress, parseAddress, tagAddress } from './path';

const digest = `sha256:${'0'.repeat(64)}`;

describe('parseAddress', () => {
  it.each([
    ['acme/app', false, { repository: 'acme/app' }],
    ['acme/app/', false, { repository: 'acme/app' }],
    ['acme/team/app', false, { repository: 'acme/team/app' }],
    ['acme/app/tag/v1', false, { repository: 'acme/app', tag: 'v1' }],
    ['acme/team/app/tag/v1', false, { repository: 'acme/team/app', tag: 'v1' }],
    ['acme/tag/v1', false, { repository: 'acme/tag/v1' }],
    ['acme/app/tag/v1', true, { repository: 'acme/app/tag/v1' }],
    [`acme/app/manifest/${digest}`, false, { repository: 'acme/app', digest }],
    ['acme/app/manifest/readme', false, { repository: 'acme/app/manifest/readme' }],
    ['acme', false, undefined],
    ['', false, undefined],
  ])('%s (with tab: %s)', (rest, hasTab, wanted) => expect(parseAddress(rest, hasTab)).toEqual(wanted));
});

describe('addresses lead back to what they are of', () => {
  it.each(['acme/app', 'acme/team/app', 'acme/app/tag/v1', 'acme/a/tag/tag/tag'])('%s', (repository) => {
    const url = new URL(addressOf(repository), 'http://x');
    const rest = url.pathname.slice('/repository/'.length);
    expect(parseAddress(rest, url.searchParams.has('tab'))).toEqual({ repository });
    expect(parseAddress(tagAddress(repository, 'v1').slice('/repository/'.length), false)).toEqual({
      repository,
      tag: 'v1',
    });
    expect(parseAddress(manifestAddress(repository, digest).slice('/repository/'.length), false)).toEqual({
      repository,
      digest,
    });
  });
});

it('knows whose address would be read as a tag’s or a manifest’s', () => {
  expect(isAmbiguous('acme/app/tag/v1')).toBe(true);
  expect(isAmbiguous(`acme/app/manifest/x`)).toBe(false);
  expect(isAmbiguous('acme/tag/v1')).toBe(false);
});
