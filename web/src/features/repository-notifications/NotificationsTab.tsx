import { Button, Label } from '@patternfly/react-core';
import { BellIcon } from '@patternfly/react-icons/dist/esm/icons/bell-icon';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, type Schema } from '@/api/call';
import { ConfirmByName } from '@/components/ConfirmByName';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import type { TabProps } from '@/features/repository/tabs';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';
import { eventWords, whereWords } from './kinds';
import { NewNotification } from './NewNotification';

type Notification = Schema<'NotificationView'>;

/** So many failures in a row, and nothing is sent until somebody looks. */
const kMostFailures = 3;

function State({ failures }: { failures: number }) {
  const disabled = failures >= kMostFailures;
  return (
    <>
      <Label isCompact color={disabled ? 'red' : failures ? 'orange' : 'green'}>
        {disabled ? 'Disabled' : 'Enabled'}
      </Label>
      {failures > 0 && <div className="wharf-subtle">{failures === 1 ? '1 failure' : `${failures} failures`}</div>}
    </>
  );
}

/** Who is told of what happens in a repository. */
export default function NotificationsTab({ name, repository }: TabProps) {
  const key = ['repository-notifications', name];
  const list = useQuery({ queryKey: key, queryFn: () => call('listRepoNotifications', { repository: name }) });
  const [creating, setCreating] = useState(false);
  const [deleted, setDeleted] = useState<Notification>();
  const { done, attempt } = useChanges(key);
  const create = <Button onClick={() => setCreating(true)}>Create a notification</Button>;
  return (
    <Part
      title="Notifications"
      about="People and programs that are told of what happens here."
      actions={list.data?.notifications.length ? create : undefined}
    >
      <DataTable
        label="Notifications"
        rows={list.data?.notifications}
        error={list.error}
        retry={() => void list.refetch()}
        expected={3}
        keyOf={(row) => row.uuid}
        nameOf={(row) => row.title || eventWords(row.event, row.event_config)}
        empty={
          <EmptyPage icon={BellIcon} title="Nobody is told" body="A notification tells somebody of pushes, vulnerabilities or images that expire.">
            {create}
          </EmptyPage>
        }
        columns={[
          { title: 'Title', cell: (row) => row.title || <span className="wharf-subtle">none</span> },
          { title: 'When', cell: (row) => eventWords(row.event, row.event_config) },
          { title: 'How', cell: (row) => <span className="wharf-break">{whereWords(row.method, row.config)}</span> },
          {
            title: 'State',
            cell: (row) => <State failures={row.number_of_failures} />,
          },
        ]}
        actions={(row) => [
          {
            title: 'Send a test',
            onClick: () =>
              void attempt(
                'The test was not sent',
                () => call('testRepoNotification', { repository: name, uuid: row.uuid }),
                'A test is on its way',
              ),
          },
          ...(row.number_of_failures
            ? [
                {
                  title: 'Enable again',
                  onClick: () =>
                    void attempt(
                      'It was not enabled',
                      () => call('resetRepositoryNotificationFailures', { repository: name, uuid: row.uuid }),
                      'It is enabled again',
                    ),
                },
              ]
            : []),
          { title: 'Delete', isDanger: true, onClick: () => setDeleted(row) },
        ]}
      />
      {creating && <NewNotification repository={name} organization={repository.is_organization} onClose={() => setCreating(false)} />}
      {deleted && (
        <ConfirmByName
          title="Delete this notification?"
          {...(deleted.title ? { name: deleted.title } : {})}
          action="Delete"
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            await call('deleteRepoNotification', { repository: name, uuid: deleted.uuid });
            await done('The notification is deleted');
          }}
        >
          <p>
            {eventWords(deleted.event, deleted.event_config)}: {whereWords(deleted.method, deleted.config)}
          </p>
        </ConfirmByName>
      )}
    </Part>
  );
}
