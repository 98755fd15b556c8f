import { Button, Label } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '@/api/call';
import { useUser } from '@/api/session';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Choose, LongText } from '../admin/fields';
import { FormDialog } from '../admin/FormDialog';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';

const severities = [
  { value: 'info', title: 'Information' },
  { value: 'warning', title: 'Warning' },
  { value: 'error', title: 'Error' },
];
const colors = { info: 'blue', warning: 'yellow', error: 'red' } as const;

function NewMessage({ onClose }: { onClose: () => void }) {
  const [content, setContent] = useState('');
  const [severity, setSeverity] = useState('info');
  const { done } = useChanges(['messages']);
  return (
    <FormDialog
      title="Tell everybody"
      action="Publish"
      ready={content.trim() !== ''}
      onClose={onClose}
      onSubmit={async () => {
        await call('createGlobalMessage', {}, { message: { content: content.trim(), media_type: 'text/plain', severity } });
        await done('Everybody sees the message now');
      }}
    >
      <LongText id="message" label="Message" value={content} onChange={setContent} />
      <Choose id="severity" label="Severity" value={severity} choices={severities} onChange={setSeverity} />
    </FormDialog>
  );
}

/** Messages above every page, for everybody. */
export default function MessagesTab() {
  const me = useUser();
  const list = useQuery({ queryKey: ['messages'], queryFn: () => call('getGlobalMessages', {}) });
  const [creating, setCreating] = useState(false);
  const { attempt } = useChanges(['messages']);
  const create = me?.super_user && <Button onClick={() => setCreating(true)}>Create a message</Button>;
  return (
    <Part title="Messages" about="They stand above every page, for everybody." actions={list.data?.messages.length ? create : undefined}>
      <DataTable
        label="Messages"
        rows={list.data?.messages}
        error={list.error}
        retry={() => void list.refetch()}
        expected={2}
        keyOf={(row) => row.uuid}
        nameOf={(row) => row.content}
        empty={
          <EmptyPage title="No messages" body="A message tells everybody of maintenance, say.">
            {create}
          </EmptyPage>
        }
        columns={[
          { title: 'Message', cell: (row) => <span className="wharf-break">{row.content}</span> },
          {
            title: 'Severity',
            cell: (row) => (
              <Label isCompact color={colors[row.severity as keyof typeof colors] ?? 'grey'}>
                {severities.find((known) => known.value === row.severity)?.title ?? row.severity}
              </Label>
            ),
          },
        ]}
        actions={(row) =>
          me?.super_user
            ? [
                {
                  title: 'Delete',
                  isDanger: true,
                  onClick: () =>
                    void attempt(
                      'The message was not deleted',
                      () => call('deleteGlobalMessage', { uuid: row.uuid }),
                      'The message is deleted',
                      () =>
                        call('createGlobalMessage', {}, {
                          message: { content: row.content, media_type: row.media_type, severity: row.severity },
                        }),
                    ),
                },
              ]
            : []
        }
      />
      {creating && <NewMessage onClose={() => setCreating(false)} />}
    </Part>
  );
}
