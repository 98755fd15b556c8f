import type { TabProps } from '@/features/repository/tabs';

export default function HistoryTab({ repository }: TabProps) {
  return <p>{repository.description}</p>;
}
