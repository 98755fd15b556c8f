import { Fragment } from 'react';

/** A long name that is broken behind its dots, slashes and the like where it has to be, and anywhere only at last. */
export function Breakable({ text }: { text: string }) {
  const parts = text.split(/(?<=[./:@_+-])/);
  return (
    <span className="wharf-break">
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </span>
  );
}
