/** The worst first: the words of the API. */
export const kSeverities = ['Critical', 'High', 'Medium', 'Low', 'Negligible', 'Unknown'] as const;
export type Severity = (typeof kSeverities)[number];

/** For sorting: the worst is 0. */
export function severityRank(severity: string): number {
  const at = kSeverities.indexOf(severity as Severity);
  return at < 0 ? kSeverities.length : at;
}
