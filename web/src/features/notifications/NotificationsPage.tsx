import { Button, PageSection, Title } from '@patternfly/react-core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router-dom';
import { call, type Schema } from '@/api/call';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Pager, usePaging } from '@/components/Pager';
import { Time } from '@/components/Time';
import { usePageTitle } from '@/components/usePageTitle';
import { useChanges } from '@/features/admin/useChanges';
import { notificationText, targetOf } from './text';

const kAPage = 20;

/** What happened, as a link to where it did. */
function What({ notification }: { notification: Schema<'UserNotificationView'> }) {
  const target = targetOf(notification);
  const text = notificationText(notification);
  return <span className="wharf-break">{target ? <Link to={target}>{text}</Link> : text}</span>;
}

export default function NotificationsPage() {
  usePageTitle('Notifications');
  const paging = usePaging();
  const page = Number(paging.token) || 0;
  const list = useQuery({
    queryKey: ['notifications', page],
    queryFn: () => call('listUserNotifications', { page, limit: kAPage }),
    placeholderData: keepPreviousData,
  });
  const { attempt } = useChanges(['notifications']);
  const set = (uuid: string, dismissed: boolean) => call('updateUserNotification', { uuid }, { dismissed });
  const dismiss = (uuid: string) =>
    attempt(
      'The notification could not be dismissed',
      () => set(uuid, true),
      'The notification is dismissed',
      () => set(uuid, false),
    );
  return (
    <PageSection hasBodyWrapper={false} isFilled>
      <Title headingLevel="h1">Notifications</Title>
      <DataTable
        label="Notifications"
        rows={list.data?.notifications.filter((notification) => !notification.dismissed)}
        stale={list.isPlaceholderData}
        error={list.error}
        retry={() => void list.refetch()}
        keyOf={(notification) => notification.id}
        expected={4}
        empty={
          <EmptyPage
            title="Nothing new"
            body="What repositories notify you of inside the UI, and what concerns your organizations, is listed here."
          />
        }
        columns={[
          { title: 'What', cell: (notification) => <What notification={notification} /> },
          { title: 'For', cell: (notification) => notification.organization ?? 'you' },
          { title: 'When', cell: (notification) => <Time at={notification.created} /> },
          {
            title: 'Dismiss',
            cell: (notification) => (
              <Button variant="link" isInline aria-label={`Dismiss: ${notificationText(notification)}`} onClick={() => void dismiss(notification.id)}>
                Dismiss
              </Button>
            ),
          },
        ]}
      />
      <Pager paging={paging} next={list.data?.additional ? String(page + 1) : undefined} label="notifications" />
    </PageSection>
  );
}
