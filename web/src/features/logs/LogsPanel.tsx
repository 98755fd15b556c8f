import { Alert, Button, TextInput } from '@patternfly/react-core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import type { Schema } from '@/api/call';
import { useFeature } from '@/api/session';
import { DataTable, type Column } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Failure } from '@/components/Failure';
import { Pager, usePaging } from '@/components/Pager';
import { Time } from '@/components/Time';
import { useUrlState } from '@/components/useUrlState';
import { TextField } from '@/features/session/fields';
import { FormDialog } from '../admin/FormDialog';
import { useChanges } from '../admin/useChanges';
import { Who } from '../admin/Who';
import { DayChart } from '../charts/DayChart';
import { exportLogs, loadCounts, loadPage, type LogOwner } from './counts';
import { americanDay, countsByDay, dayOf, leadingKinds, rangeFault, withOthers } from './days';
import { kindWords, logWords } from './words';
import '../admin/admin.css';

function ExportDialog({ owner, range, onClose }: { owner: LogOwner; range: { starttime: string; endtime: string }; onClose: () => void }) {
  const [where, setWhere] = useState('');
  const { done } = useChanges();
  return (
    <FormDialog
      title="Export the log"
      action="Export"
      description="The entries of these days become a file; a link to it is sent when it is ready."
      ready={where.trim() !== ''}
      onClose={onClose}
      onSubmit={async () => {
        const to = where.trim();
        await exportLogs(owner, range, /^https?:/.test(to) ? { callback_url: to } : { callback_email: to });
        await done('The log is being exported');
      }}
    >
      <TextField id="export-to" label="E-mail address or URL" value={where} onChange={setWhere} required autoFocus />
    </FormDialog>
  );
}

const kShownKinds = 5;

/** Usage logs: days as a picture, entries as a table, both of the days that the reader chose. */
export function LogsPanel({ owner, withNamespace }: { owner: LogOwner; withNamespace?: boolean }) {
  const now = Date.now();
  const [from, setFrom] = useUrlState('from', dayOf(now - 6 * 86_400_000), ['page']);
  const [to, setTo] = useUrlState('to', dayOf(now), ['page']);
  const exports = useFeature('LOG_EXPORT');
  const [exporting, setExporting] = useState(false);
  const paging = usePaging();
  const fault = rangeFault(from, to);
  const range = { starttime: americanDay(from), endtime: americanDay(to) };
  const counts = useQuery({
    queryKey: ['logs', owner, 'days', range],
    queryFn: () => loadCounts(owner, range),
    enabled: !fault,
    placeholderData: keepPreviousData,
  });
  const page = useQuery({
    queryKey: ['logs', owner, 'entries', range, paging.token],
    queryFn: () => loadPage(owner, paging.token ? { ...range, next_page: paging.token } : range),
    enabled: !fault,
    placeholderData: keepPreviousData,
  });
  const days = countsByDay(from, to, counts.data?.aggregated ?? []);
  const kinds = leadingKinds(days, kShownKinds);
  const shown = withOthers(days, kinds);
  const others = shown.some((day) => day.counts['other']);
  const series = [...kinds, ...(others ? ['other'] : [])].map((kind) => ({
    key: kind,
    title: kind === 'other' ? 'Other' : kindWords(kind),
  }));
  const columns: Column<Schema<'LogItem'>>[] = [
    { title: 'When', cell: (row) => <Time at={row.datetime} exact />, width: 20 },
    { title: 'What', cell: (row) => <span className="wharf-break">{logWords(row.kind, row.metadata)}{row.count && row.count > 1 ? ` (${row.count} times)` : ''}</span> },
    {
      title: 'Who',
      cell: (row) =>
        row.performer ? (
          <Who name={row.performer.name} avatar={row.performer.avatar} robot={row.performer.is_robot} />
        ) : (
          <span className="wharf-subtle">nobody who signed in</span>
        ),
    },
    ...(withNamespace
      ? [
          {
            title: 'Namespace',
            cell: (row: Schema<'LogItem'>) =>
              row.namespace ? (
                <Link to={`/${row.namespace.kind === 'org' ? 'organization' : 'user'}/${row.namespace.name}`}>{row.namespace.name}</Link>
              ) : (
                ''
              ),
          },
        ]
      : []),
    { title: 'Address', cell: (row) => row.ip ?? '', wide: true },
  ];
  return (
    <>
      <div className="wharf-log-filter">
        <div>
          <label htmlFor="log-from">From</label>
          <TextInput id="log-from" type="date" value={from} max={to} onChange={(_event, value) => setFrom(value)} />
        </div>
        <div>
          <label htmlFor="log-to">To</label>
          <TextInput id="log-to" type="date" value={to} min={from} onChange={(_event, value) => setTo(value)} />
        </div>
        {exports && owner !== 'all' && (
          <Button variant="secondary" isDisabled={fault !== ''} onClick={() => setExporting(true)}>
            Export
          </Button>
        )}
      </div>
      {new Date().getTimezoneOffset() !== 0 && (
        <p className="wharf-subtle wharf-note">Days begin at midnight UTC; the times below are of your zone.</p>
      )}
      {fault ? (
        <Alert isInline variant="warning" title={fault} />
      ) : (
        <>
          {counts.error && <Failure error={counts.error} retry={() => void counts.refetch()} />}
          <DayChart title={`What happened from ${from} to ${to}, by day`} days={shown} series={series} />
          <DataTable
            label="Usage log"
            columns={columns}
            rows={page.data?.logs}
            keyOf={(row) => `${row.datetime}/${row.kind}/${JSON.stringify(row.metadata)}/${row.performer?.name ?? ''}/${page.data?.logs.indexOf(row)}`}
            error={page.error}
            retry={() => void page.refetch()}
            stale={page.isPlaceholderData}
            empty={<EmptyPage title="Nothing happened in these days" body="Choose other days above." />}
          />
          <Pager paging={paging} next={page.data?.next_page} label="the log" />
        </>
      )}
      {exporting && <ExportDialog owner={owner} range={range} onClose={() => setExporting(false)} />}
    </>
  );
}
