import { expect, it } from 'vitest';
import { americanDay, countsByDay, daysBetween, leadingKinds, rangeFault, withOthers } from './days';

it('a range has both its ends, over the end of a month', () => {
  expect(daysBetween('2026-02-27', '2026-03-01')).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
  expect(daysBetween('2026-03-02', '2026-03-01')).toEqual([]);
  expect(americanDay('2026-03-01')).toBe('03/01/2026');
});

it('a range that the server would refuse is told before', () => {
  expect(rangeFault('2026-03-02', '2026-03-01')).toContain('first day');
  expect(rangeFault('2026-01-01', '2026-02-01')).toContain('At most');
  expect(rangeFault('', '2026-02-01')).not.toBe('');
  expect(rangeFault('2026-03-01', '2026-03-01')).toBe('');
});

it('every day of the range is counted, also those on which nothing happened', () => {
  const days = countsByDay('2026-03-01', '2026-03-03', [
    { kind: 'push_repo', count: 2, datetime: 'Sun, 01 Mar 2026 00:00:00 -0000' },
    { kind: 'pull_repo', count: 5, datetime: 'Tue, 03 Mar 2026 00:00:00 -0000' },
    { kind: 'push_repo', count: 9, datetime: 'Wed, 04 Mar 2026 00:00:00 -0000' },
  ]);
  expect(days.map((day) => day.counts)).toEqual([{ push_repo: 2 }, {}, { pull_repo: 5 }]);
  expect(leadingKinds(days, 1)).toEqual(['pull_repo']);
  expect(withOthers(days, ['pull_repo']).map((day) => day.counts)).toEqual([{ other: 2 }, {}, { pull_repo: 5 }]);
});
