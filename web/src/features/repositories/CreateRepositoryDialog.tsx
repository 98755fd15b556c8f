import {
  Alert,
  Button,
  Form,
  FormGroup,
  FormSelect,
  FormSelectOption,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  Radio,
  TextArea,
} from '@patternfly/react-core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useNavigate } from 'react-router-dom';
import { call } from '@/api/call';
import { useToasts, wordsOf } from '@/app/toasts';
import { addressOf } from '@/features/repository/path';
import { TextField } from '@/features/session/fields';

export function CreateRepositoryDialog(props: { namespaces: string[]; initial: string; onClose: () => void }) {
  const [namespace, setNamespace] = useState(props.initial);
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [visibility, setVisibility] = useState<'private' | 'public'>('private');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  const toasts = useToasts();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError('');
    try {
      const made = await call('createRepository', {}, { namespace, repository: name.trim(), visibility, description });
      await client.invalidateQueries({ queryKey: ['repositories'] });
      toasts.success(`${made.namespace}/${made.name} was made`);
      navigate(addressOf(`${made.namespace}/${made.name}`));
    } catch (refused) {
      setError(wordsOf(refused));
      setBusy(false);
    }
  };
  return (
    <Modal isOpen variant="small" onClose={props.onClose} aria-labelledby="create-title">
      <ModalHeader title="Create a repository" labelId="create-title" description="A push makes one, too." />
      <ModalBody>
        <Form id="create-form" onSubmit={(event) => void submit(event)}>
          {error && <Alert variant="danger" isInline title={error} />}
          <FormGroup label="Namespace" fieldId="create-namespace" isRequired>
            <FormSelect id="create-namespace" value={namespace} onChange={(_event, value) => setNamespace(value)}>
              {[...new Set([namespace, ...props.namespaces])].map((known) => (
                <FormSelectOption key={known} value={known} label={known} />
              ))}
            </FormSelect>
          </FormGroup>
          <TextField
            id="create-name"
            label="Name"
            help="Lower-case letters and digits, with dots, dashes, underscores or slashes between."
            required
            autoFocus
            value={name}
            onChange={setName}
          />
          <FormGroup role="radiogroup" label="Who may pull">
            <Radio
              id="create-private"
              name="visibility"
              label="Private: those who are given permission"
              isChecked={visibility === 'private'}
              onChange={() => setVisibility('private')}
            />
            <Radio
              id="create-public"
              name="visibility"
              label="Public: everybody"
              isChecked={visibility === 'public'}
              onChange={() => setVisibility('public')}
            />
          </FormGroup>
          <FormGroup label="Description (Markdown)" fieldId="create-description">
            <TextArea
              id="create-description"
              rows={4}
              resizeOrientation="vertical"
              value={description}
              onChange={(_event, value) => setDescription(value)}
            />
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="create-form" isLoading={busy} isDisabled={busy || !name.trim()}>
          Create
        </Button>
        <Button variant="link" onClick={props.onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}
