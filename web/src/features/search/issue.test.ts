import { expect, it } from 'vitest';
import { isIssueName } from './issue';

it.each([
  ['CVE-2024-3094', true],
  ['cve-2024-3094', true],
  ['GHSA-29mw-wpgm-hmr9', true],
  ['RHSA-2024:1234', true],
  ['openssl', false],
  ['cve', false],
  ['go', false],
])('%s', (query, wanted) => expect(isIssueName(query)).toBe(wanted));
