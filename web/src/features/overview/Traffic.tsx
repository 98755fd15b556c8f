import { useQuery } from '@tanstack/react-query';
import { Failure } from '@/components/Failure';
import { DayChart } from '@/features/charts/DayChart';
import { americanDay, countsByDay, dayOf, kMostDays } from '@/features/logs/days';
import { loadCounts, type LogOwner } from '@/features/logs/counts';
import { Picture } from './Picture';

const series = [
  { key: 'pull_repo', title: 'Pulls' },
  { key: 'push_repo', title: 'Pushes' },
];

/** Pushes and pulls of the last weeks, by day. */
export function Traffic({ owner }: { owner: LogOwner }) {
  const now = Date.now();
  const from = dayOf(now - (kMostDays - 1) * 86_400_000);
  const to = dayOf(now);
  const range = { starttime: americanDay(from), endtime: americanDay(to) };
  const counts = useQuery({ queryKey: ['logs', owner, 'days', range], queryFn: () => loadCounts(owner, range), staleTime: 60_000 });
  return (
    <Picture title="Pushes and pulls" wide>
      {counts.error ? (
        <Failure error={counts.error} retry={() => void counts.refetch()} />
      ) : (
        <DayChart
          title={`Pushes and pulls of the last ${kMostDays} days, by day`}
          days={countsByDay(from, to, counts.data?.aggregated ?? [])}
          series={series}
        />
      )}
    </Picture>
  );
}
