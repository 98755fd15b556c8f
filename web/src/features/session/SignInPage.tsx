import { ActionGroup, Alert, Button, Form } from '@patternfly/react-core';
import { useState, type FormEvent } from 'react';
import { Link, Navigate, useNavigate, useSearchParams } from 'react-router-dom';
import { call } from '@/api/call';
import { useFeature, useRestart, useUser } from '@/api/session';
import { wordsOf } from '@/app/toasts';
import { usePageTitle } from '@/components/usePageTitle';
import { Centre } from './Centre';
import { PasswordField, TextField } from './fields';
import { isServersPage, redirectTarget } from './redirect';

/** What is to be said of a link from a mail that the server refused: /recovery and /confirm lead here then. */
const kRefused: Record<string, string> = {
  recovery: 'It was used before, or it is too old.',
  confirmation: 'It was used before, it is too old, or the address is somebody else’s by now.',
};

export default function SignInPage() {
  usePageTitle('Sign in');
  const [parameters] = useSearchParams();
  const target = redirectTarget(parameters.get('redirect') ?? parameters.get('redirect_url'));
  const refusedLink = kRefused[parameters.get('refused') ?? ''];
  const navigate = useNavigate();
  const restart = useRestart();
  const user = useUser();
  const mayJoin = useFeature('USER_CREATION');
  const mayRecover = useFeature('MAILING');
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);

  const go = () => {
    if (isServersPage(target)) window.location.assign(target);
    else navigate(target, { replace: true });
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      await call('signinUser', {}, { username, password });
      await restart();
      go();
    } catch (refused) {
      setError(wordsOf(refused));
      setBusy(false);
    }
  };
  if (user && !busy && !refusedLink && !isServersPage(target)) return <Navigate to={target} replace />;
  return (
    <Centre title="Sign in">
      <Form onSubmit={(event) => void submit(event)}>
        {refusedLink && !error && (
          <Alert variant="warning" isInline title="The link is no longer good">
            {refusedLink} {mayRecover && <Link to="/forgot">Ask for a new one</Link>}
          </Alert>
        )}
        {error && <Alert variant="danger" isInline title={error} />}
        <TextField
          id="username"
          label="User name or e-mail"
          autoComplete="username"
          required
          autoFocus
          value={username}
          onChange={setUsername}
        />
        <PasswordField id="password" label="Password" required value={password} onChange={setPassword} />
        <ActionGroup>
          <Button type="submit" isBlock isLoading={busy} isDisabled={busy || !username || !password}>
            Sign in
          </Button>
        </ActionGroup>
      </Form>
      {(mayJoin || mayRecover) && (
        <p className="wharf-links">
          {mayJoin && <Link to="/createaccount">Create an account</Link>}
          {mayRecover && <Link to="/forgot">Forgot the password?</Link>}
        </p>
      )}
    </Centre>
  );
}
