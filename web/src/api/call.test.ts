import { expect, it } from 'vitest';
import { urlOf } from './call';

const path = '/api/v1/repository/{repository}/tag/{tag}';

it.each([
  ['acme/app', '/api/v1/repository/acme/app/tag/v1'],
  ['acme/team/app', '/api/v1/repository/acme/team/app/tag/v1'],
  ['acme/tag', '/api/v1/repository/acme/tag/tag/v1'],
  ['acme/app/tag/v0', '/api/v1/repository/acme%2Fapp%2Ftag%2Fv0/tag/v1'],
])('the slashes of %s are encoded where they must be', (repository, wanted) => {
  expect(urlOf(path, { repository, tag: 'v1', limit: undefined })).toBe(wanted);
});
