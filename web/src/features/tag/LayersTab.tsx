import type { Answer } from '@/api/call';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { shortDigest } from '@/components/format';
import { Size } from '@/components/Size';
import { stepText } from './manifest';

/** The steps of the build, the base first, with how much each of them weighs. */
export function LayersTab({ image }: { image: Answer<'getRepoManifest'> }) {
  const layers = image.layers ?? [];
  const most = Math.max(1, ...layers.map((layer) => layer.compressed_size ?? 0));
  return (
    <DataTable
      label="Layers"
      rows={layers}
      keyOf={(layer) => String(layer.index)}
      empty={<EmptyPage title="The manifest has no layers" />}
      columns={[
        { title: 'Step', number: true, cell: (layer) => layer.index + 1 },
        {
          title: 'Command',
          modifier: 'breakWord',
          cell: (layer) => <code className="wharf-mono wharf-break">{stepText(layer.command) || 'not told'}</code>,
        },
        {
          title: 'Size',
          cell: (layer) =>
            layer.compressed_size === null ? (
              <span className="wharf-subtle">no layer</span>
            ) : (
              <span className="wharf-weight">
                <span className="wharf-weight-bar" aria-hidden="true">
                  <span style={{ width: `${(100 * layer.compressed_size) / most}%` }} />
                </span>
                <Size bytes={layer.compressed_size} />
              </span>
            ),
        },
        {
          title: 'Digest',
          cell: (layer) => (
            <span className="wharf-mono wharf-nowrap" title={layer.blob_digest}>
              {layer.compressed_size === null ? '' : shortDigest(layer.blob_digest)}
            </span>
          ),
        },
      ]}
    />
  );
}
