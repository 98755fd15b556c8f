import { Button, Label } from '@patternfly/react-core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, type Schema } from '@/api/call';
import { useFeature, useUser } from '@/api/session';
import { ConfirmByName } from '@/components/ConfirmByName';
import { DataTable } from '@/components/DataTable';
import { Pager, usePaging } from '@/components/Pager';
import { PasswordField, TextField } from '@/features/session/fields';
import { FormDialog } from '../admin/FormDialog';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';
import { Who } from '../admin/Who';
import { CredentialsDialog } from '../credentials/CredentialsDialog';

type Person = Schema<'UserRecord'>;
type Doing = { what: 'email' | 'password' | 'delete' | 'own'; user: Person } | { what: 'create' } | undefined;

const usersKey = ['superuser', 'users'];

function NewUser(props: { onMade: (user: Schema<'CreatedUser'>) => void; onClose: () => void }) {
  const [username, setUsername] = useState('');
  const [email, setEmail] = useState('');
  const { done } = useChanges(usersKey);
  return (
    <FormDialog
      title="Create a user"
      action="Create the user"
      description="A password is made; it is shown once."
      ready={username !== ''}
      onClose={props.onClose}
      onSubmit={async () => {
        const made = await call('createInstallUser', {}, email ? { username, email } : { username });
        await done();
        props.onMade(made);
      }}
    >
      <TextField id="user-name" label="User name" value={username} onChange={setUsername} required autoFocus />
      <TextField id="user-email" label="E-mail" type="email" value={email} onChange={setEmail} />
    </FormDialog>
  );
}

function ChangeUser({ user, what, onClose }: { user: Person; what: 'email' | 'password'; onClose: () => void }) {
  const [value, setValue] = useState(what === 'email' ? (user.email ?? '') : '');
  const { done } = useChanges(usersKey);
  const Field = what === 'email' ? TextField : PasswordField;
  return (
    <FormDialog
      title={what === 'email' ? `E-mail of ${user.username}` : `New password of ${user.username}`}
      action="Save"
      ready={value !== ''}
      onClose={onClose}
      onSubmit={async () => {
        await call('changeInstallUser', { username: user.username }, { [what]: value });
        await done(`${user.username} is changed`);
      }}
    >
      <Field
        id="user-value"
        label={what === 'email' ? 'E-mail' : 'Password'}
        value={value}
        onChange={setValue}
        autoComplete="new-password"
        required
        autoFocus
      />
    </FormDialog>
  );
}

/** All users of the registry. */
export default function UsersTab() {
  const me = useUser();
  const mails = useFeature('MAILING');
  const paging = usePaging();
  const users = useQuery({
    queryKey: [...usersKey, paging.token],
    queryFn: () => call('listAllUsers', { disabled: true, limit: 50, ...(paging.token ? { next_page: paging.token } : {}) }),
    placeholderData: keepPreviousData,
  });
  const [doing, setDoing] = useState<Doing>();
  const [made, setMade] = useState<Schema<'CreatedUser'>>();
  const { done, attempt } = useChanges(usersKey);
  const close = () => setDoing(undefined);
  const change = (user: Person, wanted: Schema<'InstallUserChange'>, words: string) =>
    attempt(`${user.username} was not changed`, () => call('changeInstallUser', { username: user.username }, wanted), words);
  const mayChange = me?.super_user ?? false;
  return (
    <Part title="Users" actions={mayChange && <Button onClick={() => setDoing({ what: 'create' })}>Create a user</Button>}>
      <DataTable
        label="Users"
        rows={users.data?.users}
        error={users.error}
        retry={() => void users.refetch()}
        stale={users.isPlaceholderData}
        keyOf={(user) => user.username}
        empty={<p className="wharf-subtle">There are no users on this page.</p>}
        columns={[
          { title: 'User', cell: (user) => <Who name={user.username} avatar={user.avatar} to={`/user/${user.username}`} /> },
          { title: 'E-mail', cell: (user) => <span className="wharf-break">{user.email ?? ''}</span> },
          {
            title: 'State',
            cell: (user) => (
              <span className="wharf-labels">
                {!user.enabled && (
                  <Label isCompact color="red">
                    Disabled
                  </Label>
                )}
                {user.enabled && !user.verified && (
                  <Label isCompact color="orange">
                    Not verified
                  </Label>
                )}
                {user.super_user && (
                  <Label isCompact color="purple">
                    Superuser
                  </Label>
                )}
                {user.global_readonly_super_user && <Label isCompact>Reads all</Label>}
                {user.enabled && user.verified && !user.super_user && !user.global_readonly_super_user && (
                  <Label isCompact color="green">
                    Enabled
                  </Label>
                )}
              </span>
            ),
          },
        ]}
        actions={(user) =>
          !mayChange || user.username === me?.username
            ? []
            : [
                { title: 'Change the e-mail', onClick: () => setDoing({ what: 'email', user }) },
                { title: 'Change the password', onClick: () => setDoing({ what: 'password', user }) },
                ...(mails
                  ? [
                      {
                        title: 'Send a recovery mail',
                        onClick: () =>
                          void attempt(
                            'The mail was not sent',
                            () => call('sendInstallUserRecoveryEmail', { username: user.username }),
                            'The mail is on its way',
                          ),
                      },
                    ]
                  : []),
                user.enabled
                  ? { title: 'Disable', onClick: () => void change(user, { enabled: false }, `${user.username} is disabled`) }
                  : { title: 'Enable', onClick: () => void change(user, { enabled: true }, `${user.username} is enabled`) },
                { title: 'Take ownership', onClick: () => setDoing({ what: 'own', user }) },
                { isSeparator: true },
                { title: 'Delete', isDanger: true, onClick: () => setDoing({ what: 'delete', user }) },
              ]
        }
      />
      <Pager paging={paging} next={users.data?.next_page} label="users" />
      {doing?.what === 'create' && <NewUser onMade={setMade} onClose={close} />}
      {(doing?.what === 'email' || doing?.what === 'password') && <ChangeUser user={doing.user} what={doing.what} onClose={close} />}
      {doing?.what === 'delete' && (
        <ConfirmByName
          title="Delete this user?"
          name={doing.user.username}
          action="Delete"
          onClose={close}
          onConfirm={async () => {
            await call('deleteInstallUser', { username: doing.user.username });
            await done(`${doing.user.username} is deleted`);
          }}
        >
          <p>All repositories, images and robots of the user go with it. This cannot be undone.</p>
        </ConfirmByName>
      )}
      {doing?.what === 'own' && (
        <ConfirmByName
          title="Take the ownership of this user's namespace?"
          name={doing.user.username}
          action="Take ownership"
          onClose={close}
          onConfirm={async () => {
            await call('takeOwnership', { namespace: doing.user.username });
            await done(`${doing.user.username} is an organization that is yours now`);
          }}
        >
          <p>The user becomes an organization that you own, and can no longer sign in. This cannot be undone.</p>
        </ConfirmByName>
      )}
      {made && <CredentialsDialog once title={`Password of ${made.username}`} username={made.username} password={made.password} onClose={() => setMade(undefined)} />}
    </Part>
  );
}
