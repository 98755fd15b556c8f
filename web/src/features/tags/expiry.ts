/** What <input type="datetime-local"> holds for a time, in the reader's zone. */
export function localInput(millis: number): string {
  const date = new Date(millis);
  const local = new Date(millis - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** Seconds since 1970 of such an input; nothing for what is no time. */
export function secondsOf(input: string): number | undefined {
  const millis = new Date(input).getTime();
  return Number.isNaN(millis) ? undefined : Math.floor(millis / 1000);
}
