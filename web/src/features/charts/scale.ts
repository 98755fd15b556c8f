/** The least even "round" number that is not below `most`: 2, 4, 6, 8, 10, 12, 16, 20, 24, 30, … */
export function niceTop(most: number): number {
  if (most <= 2) return 2;
  const power = 10 ** Math.floor(Math.log10(most));
  for (const step of [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10]) {
    const top = step * power;
    if (top >= most && top % 2 === 0) return top;
  }
  return 10 * power;
}
