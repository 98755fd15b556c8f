import {
  Alert,
  Button,
  Form,
  FormGroup,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextInput,
} from '@patternfly/react-core';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { call } from '@/api/call';
import { setPasswordDialog } from '@/api/http';
import { wordsOf } from './toasts';

/** Asks for the password once more where the server wants a fresh login, and lets the call go on. */
export function FreshLogin() {
  const [open, setOpen] = useState(false);
  const [password, setPassword] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const waiting = useRef<((done: boolean) => void)[]>([]);

  useEffect(() => {
    setPasswordDialog(() => {
      setOpen(true);
      return new Promise((resolve) => waiting.current.push(resolve));
    });
    return () => setPasswordDialog(undefined);
  }, []);

  const finish = (done: boolean) => {
    setOpen(false);
    setPassword('');
    setError('');
    for (const resolve of waiting.current.splice(0)) resolve(done);
  };
  // Escape closes this dialog alone: the one below it, whose call waits, keeps its input.
  useEffect(() => {
    if (!open) return undefined;
    const leave = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      finish(false);
    };
    document.addEventListener('keydown', leave, true);
    return () => document.removeEventListener('keydown', leave, true);
  }, [open]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await call('verifyUser', {}, { password });
      finish(true);
    } catch (refused) {
      setError(wordsOf(refused));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal isOpen={open} variant="small" onClose={() => finish(false)} aria-labelledby="fresh-login-title" elementToFocus="#fresh-password">
      <ModalHeader title="Confirm it is you" labelId="fresh-login-title" />
      <ModalBody>
        <Form id="fresh-login" onSubmit={(event) => void submit(event)}>
          <p>This change needs your password once more.</p>
          {error && <Alert variant="danger" isInline title={error} />}
          <FormGroup label="Password" fieldId="fresh-password" isRequired>
            <TextInput
              id="fresh-password"
              type="password"
              autoComplete="current-password"
              autoFocus
              value={password}
              onChange={(_event, value) => setPassword(value)}
            />
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="fresh-login" isLoading={busy} isDisabled={busy || !password}>
          Confirm
        </Button>
        <Button variant="link" onClick={() => finish(false)}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}
