import { Button, Label, LabelGroup, SearchInput, Toolbar, ToolbarContent, ToolbarItem } from '@patternfly/react-core';
import { CheckCircleIcon } from '@patternfly/react-icons/dist/esm/icons/check-circle-icon';
import { CopyIcon } from '@patternfly/react-icons/dist/esm/icons/copy-icon';
import { LockIcon } from '@patternfly/react-icons/dist/esm/icons/lock-icon';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router-dom';
import { Breakable } from '@/components/Breakable';
import { DataTable, type Column } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { shortDigest, shortTag } from '@/components/format';
import { Pager, usePaging } from '@/components/Pager';
import { Size } from '@/components/Size';
import { Time } from '@/components/Time';
import { useCopy } from '@/components/useCopy';
import { useUrlState } from '@/components/useUrlState';
import { addressOf, tagAddress } from '@/features/repository/path';
import type { TabProps } from '@/features/repository/tabs';
import { PushHint } from '@/features/repository/PushHint';
import { SeverityBar } from './SeverityBar';
import { AddTagDialog, DeleteTagsDialog, ExpiryDialog, PullDialog } from './TagDialogs';
import { useTags, type Tag } from './useTags';

type Dialog =
  | { kind: 'pull'; tag: Tag }
  | { kind: 'delete'; names: string[] }
  | { kind: 'expiry'; tags: Tag[] }
  | { kind: 'add'; digest: string };

function TagName({ repository, tag }: { repository: string; tag: Tag }) {
  return (
    <span className="wharf-tag">
      <Link to={tagAddress(repository, tag.name)} title={tag.name}>
        <strong>
          <Breakable text={shortTag(tag.name)} />
        </strong>
      </Link>
      {tag.details?.is_signed && (
        <span title="Signed" className="wharf-clean">
          <CheckCircleIcon aria-label="Signed" role="img" />
        </span>
      )}
      {tag.immutable && (
        <span title="Immutable">
          <LockIcon aria-label="Immutable" role="img" />
        </span>
      )}
    </span>
  );
}

function Platforms({ tag }: { tag: Tag }) {
  const platforms = tag.details?.platforms ?? [];
  if (platforms.length === 0) return <span className="wharf-subtle">–</span>;
  return (
    <LabelGroup numLabels={3} aria-label={`Platforms of ${tag.name}`}>
      {platforms.map((platform) => (
        <Label key={platform.digest} isCompact>
          {[platform.architecture, platform.variant].filter(Boolean).join('/')}
        </Label>
      ))}
    </LabelGroup>
  );
}

function Digest({ digest }: { digest: string }) {
  const copy = useCopy();
  return (
    <span className="wharf-nowrap wharf-mono" title={digest}>
      {shortDigest(digest).replace(/^sha256:/, '').slice(0, 10)}
      <Button variant="plain" size="sm" icon={<CopyIcon />} aria-label={`Copy ${shortDigest(digest)}`} onClick={() => void copy(digest, 'The digest')} />
    </span>
  );
}

export default function TagsTab({ name, repository }: TabProps) {
  const [filter, setFilter] = useUrlState('filter', '', ['page']);
  const paging = usePaging();
  const page = Number(paging.token) || 1;
  const list = useTags(name, page, filter);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<Dialog>();
  const navigate = useNavigate();
  const writer = repository.can_write === true && repository.state === 'NORMAL';
  const rows = list.data?.tags;
  const chosen = rows?.filter((tag) => selected.has(tag.name)) ?? [];

  const columns: Column<Tag>[] = [
    { title: 'Tag', cell: (tag) => <TagName repository={name} tag={tag} /> },
    { title: 'Findings', cell: (tag) => <SeverityBar findings={tag.details?.findings} /> },
    { title: 'Platforms', cell: (tag) => <Platforms tag={tag} />, wide: true },
    { title: 'Size', cell: (tag) => <Size bytes={tag.size} />, number: true },
    { title: 'Last modified', cell: (tag) => <Time at={tag.last_modified} /> },
    { title: 'Expires', cell: (tag) => <Time at={tag.end_ts} /> },
    { title: 'Pulls', cell: (tag) => (tag.details?.pulls ?? 0).toLocaleString('en'), number: true },
    { title: 'Digest', cell: (tag) => <Digest digest={tag.manifest_digest} /> },
  ];
  const empty = filter ? (
    <EmptyPage title="No tag has this in its name">
      <Button variant="link" onClick={() => setFilter('')}>
        Show all tags
      </Button>
    </EmptyPage>
  ) : (
    <EmptyPage title="There are no tags yet" body={writer ? 'Push an image, and it is here.' : 'Nothing was pushed so far.'}>
      {writer && <PushHint repository={name} />}
    </EmptyPage>
  );
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
          {writer && (
            <ToolbarItem>
              <Button
                variant="secondary"
                isDanger
                isAriaDisabled={chosen.length === 0}
                onClick={() => setDialog({ kind: 'delete', names: chosen.map((tag) => tag.name) })}
              >
                Delete
              </Button>
            </ToolbarItem>
          )}
          {writer && (
            <ToolbarItem>
              <Button variant="secondary" isAriaDisabled={chosen.length === 0} onClick={() => setDialog({ kind: 'expiry', tags: chosen })}>
                Set expiry
              </Button>
            </ToolbarItem>
          )}
          <ToolbarItem>
            <Button
              variant="secondary"
              isAriaDisabled={chosen.length !== 2}
              onClick={() => {
                const [newer, older] = chosen;
                navigate(
                  `${addressOf(name, 'compare')}&from=${encodeURIComponent(older?.name ?? '')}&to=${encodeURIComponent(newer?.name ?? '')}`,
                );
              }}
            >
              Compare two
            </Button>
          </ToolbarItem>
        </ToolbarContent>
      </Toolbar>
      <DataTable
        label="Tags"
        columns={columns}
        rows={rows}
        stale={list.isPlaceholderData}
        error={list.error}
        retry={() => void list.refetch()}
        keyOf={(tag) => tag.name}
        selection={{ selected, set: setSelected }}
        empty={empty}
        actions={(tag) => [
          { title: 'Pull commands', onClick: () => setDialog({ kind: 'pull', tag }) },
          ...(writer
            ? [
                { title: 'Add a tag', onClick: () => setDialog({ kind: 'add', digest: tag.manifest_digest }) },
                { title: 'Set expiry', onClick: () => setDialog({ kind: 'expiry', tags: [tag] }) },
                { isSeparator: true },
                { title: 'Delete', onClick: () => setDialog({ kind: 'delete', names: [tag.name] }) },
              ]
            : []),
        ]}
      />
      <Pager paging={paging} next={list.data?.has_additional ? String(page + 1) : undefined} label="tags" />
      {dialog?.kind === 'pull' && <PullDialog repository={name} tag={dialog.tag} onClose={() => setDialog(undefined)} />}
      {dialog?.kind === 'add' && <AddTagDialog repository={name} digest={dialog.digest} onClose={() => setDialog(undefined)} />}
      {dialog?.kind === 'expiry' && <ExpiryDialog repository={name} tags={dialog.tags} onClose={() => setDialog(undefined)} />}
      {dialog?.kind === 'delete' && (
        <DeleteTagsDialog
          repository={name}
          names={dialog.names}
          onDone={() => setSelected(new Set())}
          onClose={() => setDialog(undefined)}
        />
      )}
    </>
  );
}
