import type { TabProps } from '@/features/repository/tabs';
import { LogsPanel } from './LogsPanel';

export default function RepositoryLogsTab({ name }: TabProps) {
  return <LogsPanel owner={{ repository: name }} />;
}
