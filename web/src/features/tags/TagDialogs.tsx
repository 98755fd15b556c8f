import {
  Alert,
  Button,
  Form,
  FormGroup,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  Progress,
  Radio,
  TextInput,
} from '@patternfly/react-core';
import { useState, type FormEvent } from 'react';
import { call } from '@/api/call';
import { useToasts, wordsOf } from '@/app/toasts';
import { Breakable } from '@/components/Breakable';
import { localInput, secondsOf } from './expiry';
import { PullCommands } from './PullCommands';
import { useTagsChanged, type Tag } from './useTags';

interface DialogProps {
  repository: string;
  onClose: () => void;
}

export function PullDialog({ repository, tag, onClose }: DialogProps & { tag: Tag }) {
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="pull-title">
      <ModalHeader title={`Pull ${repository}:${tag.name}`} labelId="pull-title" />
      <ModalBody>
        <PullCommands repository={repository} tag={tag.name} digest={tag.manifest_digest} />
      </ModalBody>
    </Modal>
  );
}

/** Deletes tags one after the other and says of which it failed; they can be brought back from the history. */
export function DeleteTagsDialog({ repository, names, onClose, onDone }: DialogProps & { names: string[]; onDone: () => void }) {
  const [done, setDone] = useState(0);
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<string[]>([]);
  const changed = useTagsChanged(repository);
  const toasts = useToasts();
  const submit = async () => {
    setBusy(true);
    const failed: string[] = [];
    for (const [index, tag] of names.entries()) {
      try {
        await call('deleteTag', { repository, tag });
      } catch (error) {
        failed.push(`${tag}: ${wordsOf(error)}`);
      }
      setDone(index + 1);
    }
    await changed();
    const deleted = names.length - failed.length;
    if (deleted) toasts.success(deleted === 1 ? 'The tag was deleted' : `${deleted} tags were deleted`, `The tag history can bring ${deleted === 1 ? 'it' : 'them'} back.`);
    setBusy(false);
    setErrors(failed);
    onDone();
    if (!failed.length) onClose();
  };
  const what = names.length === 1 ? `the tag ${names[0]}` : `${names.length} tags`;
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="delete-title">
      <ModalHeader title={`Delete ${what}?`} titleIconVariant="warning" labelId="delete-title" />
      <ModalBody>
        {names.length > 1 && (
          <ul className="wharf-names" tabIndex={0} aria-label="Tags">
            {names.map((name) => (
              <li key={name}>
                <Breakable text={name} />
              </li>
            ))}
          </ul>
        )}
        <p>{`As long as the namespace's time machine reaches, the tag history can bring ${names.length === 1 ? 'it' : 'them'} back.`}</p>
        {busy && names.length > 1 && (
          <Progress value={done} max={names.length} title="Deleting" label={`${done} of ${names.length}`} measureLocation="top" />
        )}
        {errors.map((error) => (
          <Alert key={error} variant="danger" isInline title={error} />
        ))}
      </ModalBody>
      <ModalFooter>
        {errors.length === 0 && (
          <Button variant="danger" isLoading={busy} isDisabled={busy} onClick={() => void submit()}>
            Delete
          </Button>
        )}
        <Button variant="link" onClick={onClose}>
          {errors.length ? 'Close' : 'Cancel'}
        </Button>
      </ModalFooter>
    </Modal>
  );
}

const kWeekMs = 7 * 86_400_000;

export function ExpiryDialog({ repository, tags, onClose }: DialogProps & { tags: Tag[] }) {
  const first = tags[0];
  const [expires, setExpires] = useState(first?.end_ts !== undefined);
  const [at, setAt] = useState(localInput(first?.end_ts ? first.end_ts * 1000 : Date.now() + kWeekMs));
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState(0);
  const changed = useTagsChanged(repository);
  const toasts = useToasts();
  const seconds = secondsOf(at);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      for (const [index, tag] of tags.entries()) {
        await call('changeTag', { repository, tag: tag.name }, { expiration: expires ? (seconds ?? null) : null });
        setDone(index + 1);
      }
      await changed();
      toasts.success(expires ? 'The expiry was set' : 'The tag no longer expires');
      onClose();
    } catch (refused) {
      setError(wordsOf(refused));
      setBusy(false);
    }
  };
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="expiry-title">
      <ModalHeader title={tags.length === 1 ? `Expiry of ${first?.name}` : `Expiry of ${tags.length} tags`} labelId="expiry-title" />
      <ModalBody>
        <Form id="expiry-form" onSubmit={(event) => void submit(event)}>
          {error && <Alert variant="danger" isInline title={error} />}
          <FormGroup role="radiogroup" label="Expires">
            <Radio id="expiry-never" name="expires" label="Never" isChecked={!expires} onChange={() => setExpires(false)} />
            <Radio id="expiry-at" name="expires" label="At a time" isChecked={expires} onChange={() => setExpires(true)} />
          </FormGroup>
          {busy && tags.length > 1 && (
            <Progress value={done} max={tags.length} title="Setting" label={`${done} of ${tags.length}`} measureLocation="top" />
          )}
          {expires && (
            <FormGroup label="Time (in your zone)" fieldId="expiry-time" isRequired>
              <TextInput
                id="expiry-time"
                type="datetime-local"
                value={at}
                min={localInput(Date.now())}
                onChange={(_event, value) => setAt(value)}
              />
            </FormGroup>
          )}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="expiry-form" isLoading={busy} isDisabled={busy || (expires && seconds === undefined)}>
          Set the expiry
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}

/** Another name for what a tag points to. */
export function AddTagDialog({ repository, digest, onClose }: DialogProps & { digest: string }) {
  const [name, setName] = useState('');
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const changed = useTagsChanged(repository);
  const toasts = useToasts();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await call('changeTag', { repository, tag: name.trim() }, { manifest_digest: digest });
      await changed();
      toasts.success(`The tag ${name.trim()} was made`);
      onClose();
    } catch (refused) {
      setError(wordsOf(refused));
      setBusy(false);
    }
  };
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="add-title">
      <ModalHeader title="Add a tag" labelId="add-title" description={<span className="wharf-mono wharf-break">{digest}</span>} />
      <ModalBody>
        <Form id="add-form" onSubmit={(event) => void submit(event)}>
          {error && <Alert variant="danger" isInline title={error} />}
          <FormGroup label="Name" fieldId="add-name" isRequired>
            <TextInput id="add-name" value={name} autoFocus autoComplete="off" onChange={(_event, value) => setName(value)} />
          </FormGroup>
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="add-form" isLoading={busy} isDisabled={busy || !name.trim()}>
          Add the tag
        </Button>
        <Button variant="link" onClick={onClose}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}
