import { describe, expect, it } from 'vitest';
import { filterFindings, findingsOf, newFindings, packageChanges, safeLink, type Security } from './security';

function security(packages: [string, string, [string, string, string][]][]): Security {
  return {
    status: 'scanned',
    data: {
      Layer: {
        Name: 'sha256:0',
        ParentName: '',
        NamespaceName: '',
        IndexedByVersion: 4,
        Features: packages.map(([Name, Version, vulnerabilities]) => ({
          Name,
          VersionFormat: 'dpkg',
          NamespaceName: '',
          AddedBy: 'sha256:1',
          Version,
          BaseScores: [],
          CVEIds: [],
          Vulnerabilities: vulnerabilities.map(([id, Severity, FixedBy]) => ({
            Name: id,
            Severity,
            NamespaceName: '',
            FixedBy,
            Link: `https://example.com/${id}`,
            Description: '',
            Metadata: {},
          })),
        })),
      },
    },
  } as unknown as Security;
}

const older = security([
  ['openssl', '3.0.1', [['CVE-1', 'Low', ''], ['CVE-2', 'Critical', '3.0.2']]],
  ['zlib1g', '1.2', []],
]);
const newer = security([
  ['openssl', '3.0.2', [['CVE-1', 'Low', '']]],
  ['curl', '8.0', [['CVE-3', 'High', '']]],
]);

describe('findings', () => {
  it('come with the worst first', () => {
    expect(findingsOf(older).map((finding) => finding.name)).toEqual(['CVE-2', 'CVE-1']);
    expect(findingsOf(undefined)).toEqual([]);
  });
  it('are filtered by text, severity and whether there is a fix', () => {
    const all = findingsOf(older);
    const names = (text: string, fixable: boolean, severity: string) =>
      filterFindings(all, { text, fixable, severity }).map((finding) => finding.name);
    expect(names('', true, '')).toEqual(['CVE-2']);
    expect(names('OPENSSL', false, 'Low')).toEqual(['CVE-1']);
    expect(names('cve-2', false, '')).toEqual(['CVE-2']);
    expect(names('curl', false, '')).toEqual([]);
  });
  it('of two images are compared by issue and package', () => {
    expect(newFindings(findingsOf(older), findingsOf(newer)).map((finding) => finding.name)).toEqual(['CVE-3']);
    expect(newFindings(findingsOf(newer), findingsOf(older)).map((finding) => finding.name)).toEqual(['CVE-2']);
  });
});

it('packages come, go and change', () => {
  const features = (of: Security) => of.data?.Layer.Features ?? [];
  expect(packageChanges(features(older), features(newer))).toEqual([
    { name: 'curl', before: '', after: '8.0' },
    { name: 'openssl', before: '3.0.1', after: '3.0.2' },
    { name: 'zlib1g', before: '1.2', after: '' },
  ]);
});

it('only links to pages are followed', () => {
  expect(safeLink('https://example.com/')).toBe('https://example.com/');
  expect(safeLink('javascript:alert(1)')).toBe('');
});
