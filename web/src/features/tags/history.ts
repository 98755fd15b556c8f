/** What a generation of a tag is at `now` (seconds since 1970). */
export function generationState(tag: { end_ts?: number }, now: number): 'live' | 'expiring' | 'ended' {
  if (tag.end_ts === undefined) return 'live';
  return tag.end_ts > now ? 'expiring' : 'ended';
}
