import { millisOf, relativeTime } from './format';

const kFull = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A time in the reader's zone: how long ago, and the whole of it on hovering. `exact` shows it whole. */
export function Time({ at, exact }: { at: number | string | null | undefined; exact?: boolean }) {
  if (at === null || at === undefined || at === '') return <span className="wharf-subtle">never</span>;
  const millis = millisOf(at);
  if (Number.isNaN(millis)) return <span>{String(at)}</span>;
  const full = kFull.format(millis);
  return (
    <time className="wharf-nowrap" dateTime={new Date(millis).toISOString()} title={full}>
      {exact ? full : relativeTime(millis, Date.now())}
    </time>
  );
}
