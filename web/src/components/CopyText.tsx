import { Button } from '@patternfly/react-core';
import { CopyIcon } from '@patternfly/react-icons/dist/esm/icons/copy-icon';
import { useCopy } from './useCopy';

/** A command, or a text such as a digest, all of it to be read, with a button that copies it. */
export function CopyText({ text, label }: { text: string; label: string }) {
  const copy = useCopy();
  return (
    <div className="wharf-copy">
      <code>{text}</code>
      <Button variant="plain" size="sm" icon={<CopyIcon />} aria-label={`Copy: ${label}`} onClick={() => void copy(text, label)} />
    </div>
  );
}
