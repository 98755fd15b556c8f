// The tabs of a tag's page. Ids are others than those of a repository's tabs: an address with one of those is the
// repository's (features/repository/path.ts).
export const tagTabs = [
  { id: 'details', title: 'Details' },
  { id: 'layers', title: 'Layers' },
  { id: 'securityreport', title: 'Vulnerabilities' },
  { id: 'packages', title: 'Packages' },
  { id: 'referrers', title: 'Signatures and SBOMs' },
] as const;
export type TagTab = (typeof tagTabs)[number]['id'];
