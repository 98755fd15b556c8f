/** Whether somebody looks for a vulnerability by its number: "CVE-2024-3094", "GHSA-…", "RHSA-2024:1234", "DSA-5678-1". */
export function isIssueName(query: string): boolean {
  return /^(CVE|GHSA|RHSA|RHBA|RHEA|DSA|DLA|USN|ALSA|GO|PYSEC|RUSTSEC|MAL|GMS)-[A-Za-z0-9:.-]+$/i.test(query.trim());
}
