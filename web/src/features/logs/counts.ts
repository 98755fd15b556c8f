import { call, type Schema } from '@/api/call';

/** Whose log: a repository's, an organization's, one's own, or the registry's. */
export type LogOwner = { repository: string } | { orgname: string } | 'me' | 'all';

interface Range {
  starttime: string;
  endtime: string;
  next_page?: string;
}

export function loadPage(owner: LogOwner, range: Range) {
  if (owner === 'all') return call('listAllLogs', range);
  if (owner === 'me') return call('listUserLogs', range);
  return 'repository' in owner ? call('listRepoLogs', { ...owner, ...range }) : call('listOrgLogs', { ...owner, ...range });
}

export function loadCounts(owner: LogOwner, range: { starttime: string; endtime: string }) {
  if (owner === 'all') return call('listAllAggregateLogs', range);
  if (owner === 'me') return call('getAggregateUserLogs', range);
  return 'repository' in owner
    ? call('getAggregateRepoLogs', { ...owner, ...range })
    : call('getAggregateOrgLogs', { ...owner, ...range });
}

export function exportLogs(owner: LogOwner, range: { starttime: string; endtime: string }, callback: Schema<'LogCallback'>) {
  if (owner === 'all') throw new Error('The log of the registry cannot be exported at once.');
  if (owner === 'me') return call('exportUserLogs', range, callback);
  return 'repository' in owner
    ? call('exportRepoLogs', { ...owner, ...range }, callback)
    : call('exportOrgLogs', { ...owner, ...range }, callback);
}
