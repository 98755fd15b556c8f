// Days of the log: UTC, as the server counts them.

export interface Day {
  /** "2026-03-31" */
  day: string;
  counts: Record<string, number>;
}

const kDayMs = 86_400_000;
/** The server adds up no more than that. */
export const kMostDays = 30;

export function dayOf(millis: number): string {
  return new Date(millis).toISOString().slice(0, 10);
}

/** "2026-03-31" -> "03/31/2026", which the log's operations take. */
export function americanDay(day: string): string {
  return `${day.slice(5, 7)}/${day.slice(8, 10)}/${day.slice(0, 4)}`;
}

/** The days from the first to the last, both included; none where they are wrong way round or no days at all. */
export function daysBetween(from: string, to: string): string[] {
  const first = Date.parse(from);
  const last = Date.parse(to);
  if (Number.isNaN(first) || Number.isNaN(last)) return [];
  const count = Math.min((last - first) / kDayMs, 400);
  const days: string[] = [];
  for (let day = 0; day <= count; ++day) days.push(dayOf(first + day * kDayMs));
  return days;
}

/** What is wrong with a range that people typed; empty: nothing. */
export function rangeFault(from: string, to: string): string {
  const days = daysBetween(from, to).length;
  if (days === 0) return 'The first day must not be after the last.';
  return days > kMostDays ? `At most ${kMostDays} days can be looked at together.` : '';
}

/** Every day of the range, empty ones too, with how often each kind happened. */
export function countsByDay(
  from: string,
  to: string,
  aggregated: readonly { kind: string; count: number; datetime: string }[],
): Day[] {
  const days = new Map<string, Day>(daysBetween(from, to).map((day) => [day, { day, counts: {} }]));
  for (const { kind, count, datetime } of aggregated) {
    const counts = days.get(dayOf(Date.parse(datetime)))?.counts;
    if (counts) counts[kind] = (counts[kind] ?? 0) + count;
  }
  return [...days.values()];
}

/** Kinds by how often they happened, most first; all beyond `most` are "other". */
export function leadingKinds(days: readonly Day[], most: number): string[] {
  const totals = new Map<string, number>();
  for (const { counts } of days) for (const [kind, count] of Object.entries(counts)) totals.set(kind, (totals.get(kind) ?? 0) + count);
  return [...totals].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, most).map(([kind]) => kind);
}

/** The same days with the kinds that are not among `kinds` added up as "other". */
export function withOthers(days: readonly Day[], kinds: readonly string[]): Day[] {
  return days.map(({ day, counts }) => {
    const kept: Record<string, number> = {};
    for (const [kind, count] of Object.entries(counts)) {
      const key = kinds.includes(kind) ? kind : 'other';
      kept[key] = (kept[key] ?? 0) + count;
    }
    return { day, counts: kept };
  });
}
