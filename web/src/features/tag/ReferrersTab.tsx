import { Label } from '@patternfly/react-core';
import { Link } from 'react-router-dom';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { shortDigest } from '@/components/format';
import { Size } from '@/components/Size';
import { manifestAddress } from '@/features/repository/path';
import { useReferrers } from './useManifest';

const kTitles: Record<string, string> = {
  signature: 'Signature',
  attestation: 'Attestation',
  sbom: 'SBOM',
  other: 'Other',
};

export function ReferrersTab({ repository, digest }: { repository: string; digest: string }) {
  const referrers = useReferrers(repository, digest);
  const base = `/api/v1/repository/${repository}/manifest/${digest}/sbom`;
  return (
    <>
      <p className="wharf-links">
        <span>What the scanner found, as a document:</span>
        <a href={`${base}?format=spdx`} download={`${shortDigest(digest)}.spdx.json`}>
          SPDX
        </a>
        <a href={`${base}?format=cyclonedx`} download={`${shortDigest(digest)}.cdx.json`}>
          CycloneDX
        </a>
      </p>
      <DataTable
        label="Signatures and SBOMs"
        rows={referrers.data?.referrers}
        error={referrers.error}
        retry={() => void referrers.refetch()}
        keyOf={(item) => `${item.digest} ${item.tag ?? ''}`}
        expected={3}
        empty={
          <EmptyPage
            title="Nothing refers to this image"
            body="Signatures, attestations and SBOMs that cosign, notation or oras attach to it are listed here."
          />
        }
        columns={[
          { title: 'Kind', cell: (item) => <Label isCompact color={item.kind === 'signature' ? 'green' : 'blue'}>{kTitles[item.kind] ?? item.kind}</Label> },
          { title: 'Type', cell: (item) => <span className="wharf-mono wharf-break">{item.artifact_type ?? item.media_type}</span> },
          { title: 'Attached by', cell: (item) => (item.form === 'tag' ? `the tag ${shortDigest(item.tag ?? '')}…` : 'its subject') },
          { title: 'Size', number: true, cell: (item) => <Size bytes={item.size} /> },
          {
            title: 'Digest',
            cell: (item) => (
              <Link className="wharf-mono wharf-nowrap" to={manifestAddress(repository, item.digest)}>
                {shortDigest(item.digest)}
              </Link>
            ),
          },
        ]}
      />
    </>
  );
}
