import { ActionGroup, Alert, Button, Form } from '@patternfly/react-core';
import { useState, type FormEvent } from 'react';
import { Link } from 'react-router-dom';
import { call } from '@/api/call';
import { useFeature } from '@/api/session';
import { wordsOf } from '@/app/toasts';
import { EmptyPage } from '@/components/EmptyPage';
import { usePageTitle } from '@/components/usePageTitle';
import { Centre } from './Centre';
import { TextField } from './fields';

const kTitle = 'Forgot the password?';

/** Asks for a mail with a link that signs its reader in once. */
export default function ForgotPage() {
  usePageTitle(kTitle);
  const mails = useFeature('MAILING');
  const [email, setEmail] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState<Awaited<ReturnType<typeof ask>>>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      setSent(await ask(email.trim()));
    } catch (refused) {
      setError(wordsOf(refused));
    } finally {
      setBusy(false);
    }
  };
  if (!mails) {
    return (
      <Centre title={kTitle}>
        <EmptyPage title="This registry sends no mail" body="Its administrators can give you a new password.">
          <Link to="/signin">Sign in</Link>
        </EmptyPage>
      </Centre>
    );
  }
  if (sent) {
    return (
      <Centre title="Check your mail">
        {sent.status === 'org' ? (
          <p>
            This is the address of the organization <strong>{sent.orgname}</strong>. Nobody signs in as an organization: a
            mail tells who administers it.
          </p>
        ) : (
          <p>
            If an account has the address <strong className="wharf-break">{email.trim()}</strong>, a link is on its way to it.
            The link signs you in once, so that you can set a new password.
          </p>
        )}
        <p className="wharf-links">
          <Link to="/signin">Sign in</Link>
        </p>
      </Centre>
    );
  }
  return (
    <Centre title={kTitle}>
      <Form onSubmit={(event) => void submit(event)}>
        <p>A link is mailed to the address of your account. It signs you in once, so that you can set a new password.</p>
        {error && <Alert variant="danger" isInline title={error} />}
        <TextField id="email" label="E-mail" type="email" autoComplete="email" required autoFocus value={email} onChange={setEmail} />
        <ActionGroup>
          <Button type="submit" isBlock isLoading={busy} isDisabled={busy || !email.trim()}>
            Send the link
          </Button>
        </ActionGroup>
      </Form>
      <p className="wharf-links">
        <Link to="/signin">Sign in instead</Link>
      </p>
    </Centre>
  );
}

function ask(email: string) {
  return call('requestRecoveryEmail', {}, { email });
}
