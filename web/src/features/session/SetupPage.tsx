import { ActionGroup, Alert, Button, Form } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { Navigate, useNavigate } from 'react-router-dom';
import { call } from '@/api/call';
import { setupQuery, useRestart } from '@/api/session';
import { wordsOf } from '@/app/toasts';
import { usePageTitle } from '@/components/usePageTitle';
import { Centre } from './Centre';
import { PasswordField, TextField } from './fields';

/** The first run: makes the registry's first user, who is its administrator, and signs them in. */
export default function SetupPage() {
  usePageTitle('Set up');
  const { data: setup } = useQuery(setupQuery);
  const navigate = useNavigate();
  const restart = useRestart();
  const [username, setUsername] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      await call(
        'initializeUser',
        {},
        { username, password, email: email || null, ...(setup?.needs_code ? { setup_code: code.trim() } : {}) },
      );
    } catch (refused) {
      setError(wordsOf(refused));
      setBusy(false);
      return;
    }
    try {
      await call('signinUser', {}, { username, password });
    } catch {
      // The user is made; they can sign in by hand.
    }
    await restart();
    navigate('/repository', { replace: true });
  };
  if (setup && !setup.open && !busy) return <Navigate to="/" replace />;
  return (
    <Centre title="Make the first user">
      <Form onSubmit={(event) => void submit(event)}>
        <p>This registry is new. Its first user administers it.</p>
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
        <PasswordField
          id="password"
          label="Password"
          help="At least 8 characters, without spaces."
          autoComplete="new-password"
          required
          value={password}
          onChange={setPassword}
        />
        <TextField id="email" label="E-mail (optional)" type="email" autoComplete="email" value={email} onChange={setEmail} />
        {setup?.needs_code && (
          <TextField
            id="code"
            label="Set-up code"
            help="The server printed it when it started."
            required
            value={code}
            onChange={setCode}
          />
        )}
        <ActionGroup>
          <Button
            type="submit"
            isBlock
            isLoading={busy}
            isDisabled={busy || !username || !password || (setup?.needs_code === true && !code)}
          >
            Make the user
          </Button>
        </ActionGroup>
      </Form>
    </Centre>
  );
}
