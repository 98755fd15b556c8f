/** The worst first, by the names of the counts. */
export const severities = [
  { key: 'critical', title: 'Critical' },
  { key: 'high', title: 'High' },
  { key: 'medium', title: 'Medium' },
  { key: 'low', title: 'Low' },
  { key: 'negligible', title: 'Negligible' },
  { key: 'unknown', title: 'Unknown' },
] as const;
