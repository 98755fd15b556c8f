import type { TabProps } from './tabs';

export default function InformationTab({ repository }: TabProps) {
  return <p>{repository.description}</p>;
}
