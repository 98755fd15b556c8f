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
import { useState, type FormEvent, type ReactNode } from 'react';
import { wordsOf } from '@/app/toasts';

/**
 * Asks before what cannot be undone; the reader types `name`. Without a name a plain question (for what can be undone).
 * `onConfirm` may throw: what the server said is shown, and the dialog stays.
 */
export function ConfirmByName(props: {
  title: string;
  name?: string;
  action: string;
  /** Nothing is lost by it. */
  harmless?: boolean;
  children?: ReactNode;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}) {
  const [typed, setTyped] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const ready = props.name === undefined || typed === props.name;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready || busy) return;
    setBusy(true);
    try {
      await props.onConfirm();
      props.onClose();
    } catch (refused) {
      setError(wordsOf(refused));
      setBusy(false);
    }
  };
  return (
    <Modal isOpen variant="small" onClose={props.onClose} aria-labelledby="confirm-title">
      <ModalHeader title={props.title} {...(props.harmless ? {} : { titleIconVariant: 'warning' as const })} labelId="confirm-title" />
      <ModalBody>
        <Form id="confirm-form" onSubmit={(event) => void submit(event)}>
          {props.children}
          {error && <Alert variant="danger" isInline title={error} />}
          {props.name !== undefined && (
            <FormGroup
              fieldId="confirm-name"
              label={
                <>
                  Type <strong className="wharf-break">{props.name}</strong> to confirm
                </>
              }
            >
              <TextInput
                id="confirm-name"
                value={typed}
                autoComplete="off"
                autoFocus
                onChange={(_event, value) => setTyped(value)}
              />
            </FormGroup>
          )}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="confirm-form" variant={props.harmless ? 'primary' : 'danger'} isDisabled={!ready || busy} isLoading={busy}>
          {props.action}
        </Button>
        <Button variant="link" onClick={props.onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}
