import { Alert, Button, Form, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useId, useState, type FormEvent, type ReactNode } from 'react';
import { wordsOf } from '@/app/toasts';

/** A dialog with a form. `onSubmit` may throw: what the server said is shown, and the input stays. */
export function FormDialog(props: {
  title: string;
  action: string;
  description?: ReactNode;
  ready?: boolean;
  wide?: boolean;
  /** The dialog stays, for it shows what came of it. */
  stay?: boolean;
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}) {
  const id = useId();
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const ready = (props.ready ?? true) && !busy;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (!ready) return;
    setBusy(true);
    setError('');
    try {
      await props.onSubmit();
      if (props.stay) setBusy(false);
      else props.onClose();
    } catch (refused) {
      setError(wordsOf(refused));
      setBusy(false);
    }
  };
  return (
    <Modal
      isOpen
      variant={props.wide ? 'medium' : 'small'}
      onClose={props.onClose}
      aria-labelledby={`${id}-title`}
      // One types at once, without looking for the first field.
      elementToFocus={`form[id="${id}-form"] :is(input, select, textarea)`}
    >
      <ModalHeader title={props.title} labelId={`${id}-title`} description={props.description} />
      <ModalBody>
        <Form id={`${id}-form`} onSubmit={(event) => void submit(event)}>
          {error && <Alert variant="danger" isInline title={error} />}
          {props.children}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form={`${id}-form`} isDisabled={!ready} isLoading={busy}>
          {props.action}
        </Button>
        <Button variant="link" onClick={props.onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}
