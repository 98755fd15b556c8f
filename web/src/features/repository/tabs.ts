// The tabs of a repository's page, in their order. Each is a file of scripts of its own and gets the repository.
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { Answer } from '@/api/call';
import { administrationTabs } from './tabs.administration';

export type Repository = Answer<'getRepository'>;

export interface TabProps {
  /** "namespace/name" */
  name: string;
  repository: Repository;
}

export interface RepositoryTab {
  /** In the address: ?tab=id. Ids of a tag's tabs (features/tag/tabs.ts) are others. */
  id: string;
  title: string;
  Tab: LazyExoticComponent<ComponentType<TabProps>>;
  /** Whom it is shown; everybody by default. */
  shown?: (repository: Repository) => boolean;
}

export const repositoryTabs: RepositoryTab[] = [
  { id: 'information', title: 'Information', Tab: lazy(() => import('./InformationTab')) },
  { id: 'tags', title: 'Tags', Tab: lazy(() => import('@/features/tags/TagsTab')) },
  { id: 'history', title: 'Tag history', Tab: lazy(() => import('@/features/tags/HistoryTab')) },
  { id: 'compare', title: 'Compare', Tab: lazy(() => import('@/features/tags/CompareTab')) },
  ...administrationTabs,
];
