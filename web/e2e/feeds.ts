// What is known of a few packages of Debian 12, as its security tracker and NVD write it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Server } from './harness';

const vector = (impact: string) => `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:${impact}/I:${impact}/A:${impact}`;
const bookworm = (release: object) => ({ description: 'Somebody may do what they should not.', releases: { bookworm: release } });

const tracker = {
  openssl: {
    'CVE-2023-0001': bookworm({ status: 'resolved', fixed_version: '3.0.9-1', urgency: 'not yet assigned' }),
    'CVE-2023-0002': bookworm({ status: 'open', urgency: 'not yet assigned' }),
  },
  curl: { 'CVE-2023-0003': bookworm({ status: 'resolved', fixed_version: '8.0-1', urgency: 'not yet assigned' }) },
};
const nvd = {
  format: 'NVD_CVE',
  vulnerabilities: [
    ['CVE-2023-0001', vector('H')],
    ['CVE-2023-0002', vector('L')],
    ['CVE-2023-0003', vector('H')],
  ].map(([id, vectorString]) => ({
    cve: { id, metrics: { cvssMetricV31: [{ type: 'Primary', cvssData: { vectorString } }] } },
  })),
};

/** Tells the server of three vulnerabilities: two of openssl before 3.0.9-1 (one stays), one of curl before 8.0-1. */
export function importFeeds(server: Server): void {
  const folder = mkdtempSync(join(tmpdir(), 'wharf-feeds-'));
  writeFileSync(join(folder, 'debian.json'), JSON.stringify(tracker));
  writeFileSync(join(folder, 'nvd.json'), JSON.stringify(nvd));
  server.cli(['vulndb', 'update', '--from', folder]);
  rmSync(folder, { recursive: true });
}
