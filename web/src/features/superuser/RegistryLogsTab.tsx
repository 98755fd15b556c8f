import { LogsPanel } from '@/features/logs/LogsPanel';

export default function RegistryLogsTab() {
  return <LogsPanel owner="all" withNamespace />;
}
