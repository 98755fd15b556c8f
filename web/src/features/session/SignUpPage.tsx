import { ActionGroup, Alert, Button, Form } from '@patternfly/react-core';
import { useState, type FormEvent } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router-dom';
import { call } from '@/api/call';
import { useFeature, useRestart } from '@/api/session';
import { wordsOf } from '@/app/toasts';
import { EmptyPage } from '@/components/EmptyPage';
import { usePageTitle } from '@/components/usePageTitle';
import { Centre } from './Centre';
import { PasswordField, TextField } from './fields';

/** Whoever signs up is signed in at once, unless the registry first confirms their address. */
export default function SignUpPage() {
  usePageTitle('Create an account');
  const navigate = useNavigate();
  const restart = useRestart();
  const allowed = useFeature('USER_CREATION');
  const mailing = useFeature('MAILING');
  const [parameters] = useSearchParams();
  const [username, setUsername] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [confirming, setConfirming] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    const invitation = parameters.get('code');
    try {
      const answer = (await call(
        'createNewUser',
        {},
        { username, password, email: email || null, ...(invitation ? { invite_code: invitation } : {}) },
      )) as { awaiting_verification?: boolean } | undefined;
      if (answer?.awaiting_verification) {
        setConfirming(true);
        return;
      }
      await restart();
      navigate('/repository', { replace: true });
    } catch (refused) {
      setError(wordsOf(refused));
    } finally {
      setBusy(false);
    }
  };
  if (!allowed) {
    return (
      <Centre title="Create an account">
        <EmptyPage title="Accounts are made by the registry's administrators" body="Ask them for one.">
          <Link to="/signin">Sign in</Link>
        </EmptyPage>
      </Centre>
    );
  }
  if (confirming) {
    return (
      <Centre title="Check your mail">
        <p>
          A link was sent to <strong>{email}</strong>. Your account is ready as soon as you have followed it.
        </p>
      </Centre>
    );
  }
  return (
    <Centre title="Create an account">
      <Form onSubmit={(event) => void submit(event)}>
        {error && <Alert variant="danger" isInline title={error} />}
        <TextField
          id="username"
          label="User name"
          help="Lower-case letters and digits, with single dots, dashes or underscores between. Also the namespace of your images."
          autoComplete="username"
          required
          autoFocus
          value={username}
          onChange={setUsername}
        />
        {parameters.get('code') && <p>Use the address that the invitation was sent to: then you are in the team at once.</p>}
        <TextField
          id="email"
          label="E-mail"
          type="email"
          autoComplete="email"
          required={mailing}
          value={email}
          onChange={setEmail}
        />
        <PasswordField
          id="password"
          label="Password"
          help="At least 8 characters, without spaces."
          autoComplete="new-password"
          required
          value={password}
          onChange={setPassword}
        />
        <ActionGroup>
          <Button type="submit" isBlock isLoading={busy} isDisabled={busy || !username || !password}>
            Create the account
          </Button>
        </ActionGroup>
      </Form>
      <p className="wharf-links">
        <Link to="/signin">Sign in instead</Link>
      </p>
    </Centre>
  );
}
