import { Button, Label, SearchInput, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { call } from '@/api/call';
import { useToasts } from '@/app/toasts';
import { ConfirmByName } from '@/components/ConfirmByName';
import { Breakable } from '@/components/Breakable';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { shortDigest, shortTag } from '@/components/format';
import { Pager, usePaging } from '@/components/Pager';
import { Size } from '@/components/Size';
import { Time } from '@/components/Time';
import { useUrlState } from '@/components/useUrlState';
import { manifestAddress } from '@/features/repository/path';
import type { TabProps } from '@/features/repository/tabs';
import { generationState } from './history';
import { useTagHistory, useTagsChanged, type Tag } from './useTags';

const kLabels = {
  live: { text: 'Current', color: 'green' },
  expiring: { text: 'Current, expires', color: 'orange' },
  ended: { text: 'Ended', color: 'grey' },
} as const;

export default function HistoryTab({ name, repository }: TabProps) {
  const [filter, setFilter] = useUrlState('filter', '', ['page']);
  const paging = usePaging();
  const page = Number(paging.token) || 1;
  const list = useTagHistory(name, page, filter);
  const changed = useTagsChanged(name);
  const toasts = useToasts();
  const [restoring, setRestoring] = useState<Tag>();
  const writer = repository.can_write === true && repository.state === 'NORMAL';
  const now = Date.now() / 1000;
  const restore = async (tag: Tag) => {
    await call('restoreTag', { repository: name, tag: tag.name }, { manifest_digest: tag.manifest_digest });
    await changed();
    toasts.success(`${tag.name} points to ${shortDigest(tag.manifest_digest)} again`);
  };
  return (
    <>
      <Toolbar inset={{ default: 'insetNone' }}>
        <ToolbarContent>
          <ToolbarItem>
            <SearchInput
              aria-label="Filter by name"
              placeholder="Filter by name"
              value={filter}
              onChange={(_event, value) => setFilter(value)}
              onClear={() => setFilter('')}
            />
          </ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      <DataTable
        label="Tag history"
        rows={list.data?.tags}
        stale={list.isPlaceholderData}
        error={list.error}
        retry={() => void list.refetch()}
        keyOf={(tag) => `${tag.name} ${tag.start_ts} ${tag.end_ts ?? ''} ${tag.manifest_digest}`}
        columns={[
          { title: 'Tag', cell: (tag) => <strong title={tag.name}><Breakable text={shortTag(tag.name)} /></strong> },
          {
            title: 'State',
            cell: (tag) => {
              const { text, color } = kLabels[generationState(tag, now)];
              return (
                <Label isCompact color={color}>
                  {text}
                </Label>
              );
            },
          },
          { title: 'What', cell: (tag) => (tag.reversion ? 'Restored' : 'Pushed') },
          { title: 'From', cell: (tag) => <Time at={tag.start_ts} exact /> },
          { title: 'Until', cell: (tag) => (tag.end_ts ? <Time at={tag.end_ts} exact /> : 'now') },
          { title: 'Size', number: true, cell: (tag) => <Size bytes={tag.size} /> },
          {
            title: 'Digest',
            cell: (tag) => (
              <Link className="wharf-mono wharf-nowrap" to={manifestAddress(name, tag.manifest_digest)}>
                {shortDigest(tag.manifest_digest).replace(/^sha256:/, '').slice(0, 10)}
              </Link>
            ),
          },
          {
            title: 'Restore',
            cell: (tag) =>
              writer && generationState(tag, now) === 'ended' ? (
                <Button variant="link" isInline aria-label={`Restore ${tag.name} to ${shortDigest(tag.manifest_digest)}`} onClick={() => setRestoring(tag)}>
                  Restore
                </Button>
              ) : (
                ''
              ),
          },
        ]}
        empty={<EmptyPage title="Nothing has happened to tags yet" body="Each push, move and deletion of a tag is kept here." />}
      />
      <Pager paging={paging} next={list.data?.has_additional ? String(page + 1) : undefined} label="the history" />
      {restoring && (
        <ConfirmByName
          title={`Restore ${restoring.name}?`}
          action="Restore"
          harmless
          onConfirm={() => restore(restoring)}
          onClose={() => setRestoring(undefined)}
        >
          <p>
            The tag <strong>{restoring.name}</strong> will point to{' '}
            <span className="wharf-mono">{shortDigest(restoring.manifest_digest)}</span> again. What it points to now stays in
            the history.
          </p>
        </ConfirmByName>
      )}
    </>
  );
}
