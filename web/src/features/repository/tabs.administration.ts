// Tabs of a repository's administration: permissions, notifications, logs, settings.
import type { RepositoryTab } from './tabs';

export const administrationTabs: RepositoryTab[] = [];
