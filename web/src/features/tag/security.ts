import type { Answer, Schema } from '@/api/call';
import { severityRank } from '@/features/tags/severity';

export type Feature = Schema<'Feature'>;
export type Security = Answer<'getManifestSecurity'>;

/** One line of the table: a vulnerability of a package. */
export interface Finding {
  key: string;
  name: string;
  severity: string;
  packageName: string;
  version: string;
  fixedBy: string;
  link: string;
  description: string;
  layer: string;
  exploited: boolean;
}

export function packagesOf(security: Security | undefined): Feature[] {
  return security?.data?.Layer.Features ?? [];
}

/** Only what may be followed: data of others names it. */
export function safeLink(link: string): string {
  return /^https?:\/\//i.test(link) ? link : '';
}

/** Every vulnerability of every package, the worst first. */
export function findingsOf(security: Security | undefined): Finding[] {
  const findings = packagesOf(security).flatMap((feature) =>
    (feature.Vulnerabilities ?? []).map((vulnerability) => ({
      key: `${vulnerability.Name} ${feature.Name} ${feature.Version} ${feature.AddedBy}`,
      name: vulnerability.Name,
      severity: vulnerability.Severity,
      packageName: feature.Name,
      version: feature.Version,
      fixedBy: vulnerability.FixedBy,
      link: safeLink(vulnerability.Link),
      description: vulnerability.Description,
      layer: feature.AddedBy,
      exploited: vulnerability.Metadata.ExploitedSince !== undefined,
    })),
  );
  return findings.sort(
    (a, b) =>
      severityRank(a.severity) - severityRank(b.severity) ||
      Number(b.fixedBy !== '') - Number(a.fixedBy !== '') ||
      a.name.localeCompare(b.name),
  );
}

export interface FindingFilter {
  text: string;
  fixable: boolean;
  severity: string;
}

export function filterFindings(findings: Finding[], filter: FindingFilter): Finding[] {
  const text = filter.text.trim().toLowerCase();
  return findings.filter(
    (finding) =>
      (!filter.fixable || finding.fixedBy !== '') &&
      (!filter.severity || finding.severity === filter.severity) &&
      (!text || finding.name.toLowerCase().includes(text) || finding.packageName.toLowerCase().includes(text)),
  );
}

export interface PackageChange {
  name: string;
  before: string;
  after: string;
}

/** Packages that came ("" before), went ("" after) or changed their version, by name. */
export function packageChanges(before: Feature[], after: Feature[]): PackageChange[] {
  const versions = (features: Feature[]) => {
    const map = new Map<string, Set<string>>();
    for (const feature of features) {
      const known = map.get(feature.Name) ?? new Set();
      known.add(feature.Version);
      map.set(feature.Name, known);
    }
    return map;
  };
  const old = versions(before);
  const now = versions(after);
  const text = (set: Set<string> | undefined) => [...(set ?? [])].sort().join(', ');
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((name) => ({ name, before: text(old.get(name)), after: text(now.get(name)) }))
    .filter((change) => change.before !== change.after)
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Findings of `to` that `from` did not have: an issue of a package, whatever the package's version. */
export function newFindings(from: Finding[], to: Finding[]): Finding[] {
  const known = new Set(from.map((finding) => `${finding.name} ${finding.packageName}`));
  return to.filter((finding) => !known.has(`${finding.name} ${finding.packageName}`));
}
