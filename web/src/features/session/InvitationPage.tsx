import { ActionList, ActionListItem, Alert, Button } from '@patternfly/react-core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router-dom';
import { call } from '@/api/call';
import { useFeature, useUser } from '@/api/session';
import { useToasts, wordsOf } from '@/app/toasts';
import { EmptyPage } from '@/components/EmptyPage';
import { usePageTitle } from '@/components/usePageTitle';
import { Centre } from './Centre';

const kTitle = 'Invitation to a team';

/** Who invites whom to what, where it was told the reader themselves: an invitation by mail is told the mail alone. */
function useDetails(code: string, signedIn: boolean) {
  const list = useQuery({
    queryKey: ['notifications'],
    queryFn: () => call('listUserNotifications', { page: 0, limit: 20 }),
    enabled: signedIn,
  });
  const found = list.data?.notifications.find(
    (notification) => notification.kind === 'org_team_invite' && (notification.metadata as Record<string, unknown>).code === code,
  );
  return found?.metadata as { inviter?: string; org?: string; team?: string } | undefined;
}

/** Where the link of an invitation leads: whoever is signed in accepts or declines it, others sign in or up first. */
export default function InvitationPage() {
  usePageTitle(kTitle);
  const [parameters] = useSearchParams();
  const code = parameters.get('code') ?? '';
  const user = useUser();
  const mayJoin = useFeature('USER_CREATION');
  const details = useDetails(code, user !== null);
  const client = useQueryClient();
  const navigate = useNavigate();
  const toasts = useToasts();
  const [error, setError] = useState('');
  const [busy, setBusy] = useState<'accept' | 'decline'>();
  const answer = async (kind: 'accept' | 'decline', work: () => Promise<string>) => {
    setBusy(kind);
    setError('');
    try {
      const to = await work();
      await Promise.all(['user', 'notifications', 'organization'].map((key) => client.invalidateQueries({ queryKey: [key] })));
      navigate(to, { replace: true });
    } catch (refused) {
      setError(wordsOf(refused));
      setBusy(undefined);
    }
  };
  const accept = () =>
    answer('accept', async () => {
      const accepted = await call('acceptOrganizationTeamInvite', { code });
      toasts.success(`You are in the team ${accepted.team} of ${accepted.org}`);
      return `/organization/${encodeURIComponent(accepted.org)}`;
    });
  const decline = () =>
    answer('decline', async () => {
      await call('declineOrganizationTeamInvite', { code });
      toasts.success('The invitation is declined');
      return '/repository';
    });
  if (!code) {
    return (
      <Centre title={kTitle}>
        <EmptyPage title="The link is not whole" body="Copy all of it from the mail, up to its end.">
          <Link to="/repository">All repositories</Link>
        </EmptyPage>
      </Centre>
    );
  }
  if (!user) {
    const back = encodeURIComponent(`/confirminvite?code=${encodeURIComponent(code)}`);
    return (
      <Centre title={kTitle}>
        <p>You are invited to a team of an organization. Sign in to answer.</p>
        <p className="wharf-links">
          <Link to={`/signin?redirect=${back}`}>Sign in</Link>
          {mayJoin && <Link to={`/createaccount?code=${encodeURIComponent(code)}`}>Create an account</Link>}
        </p>
      </Centre>
    );
  }
  return (
    <Centre title={kTitle}>
      <div className="wharf-stack">
        {error && <Alert variant="danger" isInline title={error} />}
        <p>
          {details?.team ? (
            <>
              {details.inviter} invites you to the team <strong>{details.team}</strong> of the organization{' '}
              <strong>{details.org}</strong>.
            </>
          ) : (
            'You are invited to a team of an organization.'
          )}{' '}
          You are signed in as <strong>{user.username}</strong>.
        </p>
        <ActionList>
          <ActionListItem>
            <Button isLoading={busy === 'accept'} isDisabled={busy !== undefined} onClick={() => void accept()}>
              Join the team
            </Button>
          </ActionListItem>
          <ActionListItem>
            <Button variant="secondary" isLoading={busy === 'decline'} isDisabled={busy !== undefined} onClick={() => void decline()}>
              Decline
            </Button>
          </ActionListItem>
        </ActionList>
        <p>
          <Link to="/repository">Answer later</Link>
        </p>
      </div>
    </Centre>
  );
}
