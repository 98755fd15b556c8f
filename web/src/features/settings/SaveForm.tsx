import { ActionGroup, Alert, Button, Form } from '@patternfly/react-core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { wordsOf } from '@/app/toasts';

/** A form on a page. `onSave` may throw: what the server said is shown above the button, and the input stays. */
export function SaveForm(props: { action?: string; ready?: boolean; onSave: () => Promise<unknown>; children: ReactNode }) {
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const ready = (props.ready ?? true) && !busy;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    setBusy(true);
    setError('');
    try {
      await props.onSave();
    } catch (refused) {
      setError(wordsOf(refused));
    }
    setBusy(false);
  };
  return (
    <Form className="wharf-narrow-form" onSubmit={(event) => void submit(event)}>
      {props.children}
      {error && <Alert variant="danger" isInline title={error} />}
      <ActionGroup>
        <Button type="submit" isDisabled={!ready} isLoading={busy}>
          {props.action ?? 'Save'}
        </Button>
      </ActionGroup>
    </Form>
  );
}
