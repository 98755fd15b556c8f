import { describe, expect, it } from 'vitest';
import { millisOf, relativeTime, shortDigest, shortTag, sizeText } from './format';

describe('sizeText', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [3_565_158, '3.4 MiB'],
    [250 * 1024 * 1024, '250 MiB'],
    [2 ** 40, '1.0 TiB'],
  ])('%d bytes are %s', (bytes, text) => expect(sizeText(bytes)).toBe(text));
});

describe('relativeTime', () => {
  const now = Date.parse('2026-06-15T12:00:00Z');
  it.each([
    [0, 'just now'],
    [-59, 'just now'],
    [-60, '1 minute ago'],
    [-7200, '2 hours ago'],
    [86_400 * 3, 'in 3 days'],
    [-86_400 * 400, '1 year ago'],
  ])('%d seconds away is %s', (seconds, text) => expect(relativeTime(now + seconds * 1000, now)).toBe(text));
});

it('a short digest keeps its algorithm', () => {
  expect(shortDigest('sha256:0123456789abcdef')).toBe('sha256:0123456789ab');
});

it('times come as seconds, RFC 2822 and RFC 3339', () => {
  const millis = Date.parse('2026-01-15T10:30:00Z');
  expect(millisOf(millis / 1000)).toBe(millis);
  expect(millisOf('Thu, 15 Jan 2026 10:30:00 -0000')).toBe(millis);
  expect(millisOf('2026-01-15T10:30:00Z')).toBe(millis);
});

it.each([
  [`sha256-0123456789ab${'c'.repeat(52)}.sig`, 'sha256-0123456789ab….sig'],
  [`sha256-0123456789ab${'c'.repeat(52)}`, 'sha256-0123456789ab…'],
  ['sha256-0123456789ab', 'sha256-0123456789ab'],
  ['v1.2', 'v1.2'],
])('the tag %s is shown as %s', (name, shown) => expect(shortTag(name)).toBe(shown));
