import { ClipboardCopy } from '@patternfly/react-core';

/** A text or command with a button that copies it. */
export function CopyText({ text, label }: { text: string; label: string }) {
  return (
    <ClipboardCopy isReadOnly hoverTip="Copy" clickTip="Copied" textAriaLabel={label} className="wharf-mono">
      {text}
    </ClipboardCopy>
  );
}
