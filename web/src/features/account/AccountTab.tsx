import { Button } from '@patternfly/react-core';
import { useState } from 'react';
import { call } from '@/api/call';
import { useConfig, useFeature, type User } from '@/api/session';
import { ConfirmByName } from '@/components/ConfirmByName';
import { useUrlState } from '@/components/useUrlState';
import { PasswordField, TextField } from '@/features/session/fields';
import { SaveForm } from '@/features/settings/SaveForm';
import { Choose } from '../admin/fields';
import { FormDialog } from '../admin/FormDialog';
import { Part } from '../admin/Part';
import { spanChoices } from '../admin/spans';
import { useChanges } from '../admin/useChanges';
import { CredentialsDialog } from '../credentials/CredentialsDialog';

function Profile({ user }: { user: User }) {
  const { config } = useConfig();
  const present = user.tag_expiration_s ?? 0;
  const named = useFeature('USER_METADATA');
  const [given, setGiven] = useState(user.given_name ?? '');
  const [family, setFamily] = useState(user.family_name ?? '');
  const [company, setCompany] = useState(user.company ?? '');
  const [location, setLocation] = useState(user.location ?? '');
  const [expiration, setExpiration] = useState(String(present));
  const { done } = useChanges(['user']);
  return (
    <Part title="Profile">
      <SaveForm
        onSave={async () => {
          await call('changeUserDetails', {}, {
            ...(named ? { given_name: given, family_name: family, company, location } : {}),
            ...(Number(expiration) !== present ? { tag_expiration_s: Number(expiration) } : {}),
          });
          await done('Your profile is saved');
        }}
      >
        {named && (
          <>
            <TextField id="given-name" label="Given name" value={given} onChange={setGiven} autoComplete="given-name" />
            <TextField id="family-name" label="Family name" value={family} onChange={setFamily} autoComplete="family-name" />
            <TextField id="company" label="Company" value={company} onChange={setCompany} autoComplete="organization" />
            <TextField id="location" label="Location" value={location} onChange={setLocation} />
          </>
        )}
        <Choose
          id="tag-expiration"
          label="Deleted tags can be restored for"
          value={expiration}
          choices={spanChoices(config.TAG_EXPIRATION_OPTIONS, present)}
          onChange={setExpiration}
        />
      </SaveForm>
    </Part>
  );
}

function Email({ user }: { user: User }) {
  const [email, setEmail] = useState(user.email ?? '');
  const { done } = useChanges(['user']);
  return (
    <Part title="E-mail">
      <SaveForm
        action="Change the e-mail"
        ready={email !== '' && email !== user.email}
        onSave={async () => {
          await call('changeUserDetails', {}, { email });
          await done('The e-mail is changed, or a message with a link is on its way to it');
        }}
      >
        <TextField id="email" label="E-mail address" type="email" value={email} onChange={setEmail} autoComplete="email" />
      </SaveForm>
    </Part>
  );
}

/** `wanted`: a link for a forgotten password led here. */
function Password({ wanted }: { wanted: boolean }) {
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const { done } = useChanges(['user']);
  return (
    <Part title="Password" about={wanted ? 'You are signed in by the link from your mail, this once. Set a new password now.' : 'All other sessions of yours end when it changes.'}>
      <SaveForm
        action="Change the password"
        ready={password !== '' && again !== ''}
        onSave={async () => {
          if (password !== again) throw new Error('The two passwords are not the same.');
          await call('changeUserDetails', {}, { password });
          setPassword('');
          setAgain('');
          await done('The password is changed');
        }}
      >
        <PasswordField id="new-password" label="New password" value={password} onChange={setPassword} autoComplete="new-password" autoFocus={wanted} help="At least 8 characters, without spaces." />
        <PasswordField id="new-password-again" label="Again" value={again} onChange={setAgain} autoComplete="new-password" />
      </SaveForm>
    </Part>
  );
}

function EncryptedPassword({ user }: { user: User }) {
  const [asking, setAsking] = useState(false);
  const [password, setPassword] = useState('');
  const [key, setKey] = useState('');
  return (
    <Part
      title="Encrypted password"
      about="What clients can store instead of the password itself. It ends with the password; an app token is better, for it can be taken back."
      actions={
        <Button variant="secondary" onClick={() => setAsking(true)}>
          Make an encrypted password
        </Button>
      }
    >
      {asking && (
        <FormDialog
          title="Make an encrypted password"
          action="Make it"
          ready={password !== ''}
          onClose={() => setAsking(false)}
          onSubmit={async () => {
            const made = await call('generateUserClientKey', {}, { password });
            setPassword('');
            setKey(made.key);
          }}
        >
          <PasswordField id="present-password" label="Password" value={password} onChange={setPassword} required autoFocus />
        </FormDialog>
      )}
      {key && <CredentialsDialog once title="Encrypted password" username={user.username} password={key} onClose={() => setKey('')} />}
    </Part>
  );
}

/** One's profile, e-mail, password, and the end of the account. */
export default function AccountTab({ user }: { user: User }) {
  const [deleting, setDeleting] = useState(false);
  const [action] = useUrlState('action');
  const recovered = action === 'password';
  return (
    <>
      {recovered && <Password wanted />}
      <Profile user={user} />
      <Email user={user} />
      {!recovered && <Password wanted={false} />}
      <EncryptedPassword user={user} />
      <Part
        title="Delete the account"
        about="All repositories, images and robots in your namespace go with it. This cannot be undone."
        actions={
          <Button variant="danger" onClick={() => setDeleting(true)}>
            Delete the account
          </Button>
        }
      >
        {deleting && (
          <ConfirmByName
            title="Delete your account?"
            name={user.username}
            action="Delete"
            onClose={() => setDeleting(false)}
            onConfirm={async () => {
              await call('deleteCurrentUser', {});
              window.location.assign('/signin');
            }}
          >
            <p>All repositories, images and robots in your namespace go with it. This cannot be undone.</p>
          </ConfirmByName>
        )}
      </Part>
    </>
  );
}
