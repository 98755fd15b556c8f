const kUnits: Record<string, [number, string]> = {
  s: [1, 'second'],
  m: [60, 'minute'],
  h: [3600, 'hour'],
  d: [86_400, 'day'],
  w: [604_800, 'week'],
};

/** Seconds of a span as the configuration writes it: "2w", "12h"; undefined for anything else. */
export function secondsOf(span: string): number | undefined {
  const match = /^(\d+)([smhdw])$/.exec(span);
  const unit = match && kUnits[match[2] ?? ''];
  return unit ? Number(match[1]) * unit[0] : undefined;
}

/** "2 weeks", "1 day", "at once" for nothing. */
export function spanWords(seconds: number): string {
  if (seconds === 0) return 'at once';
  for (const unit of ['w', 'd', 'h', 'm', 's']) {
    const [length, name] = kUnits[unit] ?? [1, ''];
    if (seconds % length === 0) {
      const count = seconds / length;
      return `${count} ${name}${count === 1 ? '' : 's'}`;
    }
  }
  return `${seconds} seconds`;
}

/** What can be chosen, the present one among it. */
export function spanChoices(options: readonly string[], present: number): { value: string; title: string }[] {
  const all = new Set([...options.flatMap((option) => secondsOf(option) ?? []), present]);
  return [...all].sort((a, b) => a - b).map((seconds) => ({ value: String(seconds), title: spanWords(seconds) }));
}
