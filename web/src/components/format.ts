const kUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** "3.4 MiB". */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < kUnits.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${kUnits[unit]}`;
}

/** "sha256:0123456789ab". */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(':');
  return colon < 0 ? digest.slice(0, 12) : digest.slice(0, colon + 13);
}

/** "sha256-0123456789ab….sig": the tag of a signature, without most of the digest that it is of. Others stay whole. */
export function shortTag(name: string): string {
  return name.replace(/^(sha256-[0-9a-f]{12})[0-9a-f]{52}(?=\.|$)/, '$1…');
}

/** Milliseconds of what the API gives as a time: seconds, RFC 2822 or RFC 3339. NaN for anything else. */
export function millisOf(time: number | string): number {
  return typeof time === 'number' ? time * 1000 : Date.parse(time);
}

const kSteps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "3 days ago", "in 2 hours", "just now". */
export function relativeTime(millis: number, now: number): string {
  const seconds = Math.round((millis - now) / 1000);
  for (const [unit, length] of kSteps) {
    if (Math.abs(seconds) >= length) {
      return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(Math.trunc(seconds / length), unit);
    }
  }
  return 'just now';
}
