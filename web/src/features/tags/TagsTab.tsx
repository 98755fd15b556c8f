import type { TabProps } from '@/features/repository/tabs';

export default function TagsTab({ repository }: TabProps) {
  return <p>{repository.description}</p>;
}
