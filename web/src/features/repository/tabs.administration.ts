// Tabs of a repository's administration: permissions, notifications, logs, settings.
import { lazy } from 'react';
import type { RepositoryTab } from './tabs';

const shown: RepositoryTab['shown'] = (repository) => repository.can_admin;

export const administrationTabs: RepositoryTab[] = [
  { id: 'permissions', title: 'Permissions', Tab: lazy(() => import('@/features/permissions/PermissionsTab')), shown },
  {
    id: 'notifications',
    title: 'Notifications',
    Tab: lazy(() => import('@/features/repository-notifications/NotificationsTab')),
    shown,
  },
  { id: 'logs', title: 'Usage logs', Tab: lazy(() => import('@/features/logs/RepositoryLogsTab')), shown },
  { id: 'settings', title: 'Settings', Tab: lazy(() => import('@/features/settings/RepositorySettingsTab')), shown },
];
