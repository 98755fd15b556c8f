import { sizeText } from './format';

/** "3.4 MiB", the bytes on hovering. */
export function Size({ bytes }: { bytes: number | null | undefined }) {
  if (bytes === null || bytes === undefined) return <span className="wharf-subtle">unknown</span>;
  return (
    <span className="wharf-nowrap" title={`${bytes.toLocaleString('en')} bytes`}>
      {sizeText(bytes)}
    </span>
  );
}
