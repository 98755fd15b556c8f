import { Alert, Button, CodeBlock, CodeBlockCode, Label, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, type Schema } from '@/api/call';
import { useUser } from '@/api/session';
import { ConfirmByName } from '@/components/ConfirmByName';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Time } from '@/components/Time';
import { useCopy } from '@/components/useCopy';
import { TextField } from '@/features/session/fields';
import { Choose } from '../admin/fields';
import { FormDialog } from '../admin/FormDialog';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';

type Key = Schema<'ServiceKeyView'>;
type Made = Schema<'MadeServiceKey'>;

const keysKey = ['superuser', 'keys'];
const kDaySeconds = 86_400;
const lives = [
  { value: '', title: 'Never' },
  { value: '30', title: 'In 30 days' },
  { value: '90', title: 'In 90 days' },
  { value: '365', title: 'In a year' },
];

function expirationOf(days: string): number | null {
  return days === '' ? null : Math.floor(Date.now() / 1000) + Number(days) * kDaySeconds;
}

/** Its name, or the beginning of its id. */
function nameOf(key: Key): string {
  return key.name || key.kid.slice(0, 12);
}

function NewKey({ onMade, onClose }: { onMade: (key: Made) => void; onClose: () => void }) {
  const [service, setService] = useState('');
  const [name, setName] = useState('');
  const [notes, setNotes] = useState('');
  const [days, setDays] = useState('365');
  const { done } = useChanges(keysKey);
  return (
    <FormDialog
      title="Create a service key"
      action="Create the key"
      ready={service !== ''}
      onClose={onClose}
      onSubmit={async () => {
        const made = await call('createServiceKey', {}, {
          service,
          expiration: expirationOf(days),
          ...(name ? { name } : {}),
          ...(notes ? { notes } : {}),
        });
        await done();
        onMade(made);
      }}
    >
      <TextField id="key-service" label="Service" value={service} onChange={setService} required autoFocus help="Who signs with it; small letters." />
      <TextField id="key-name" label="Name" value={name} onChange={setName} />
      <TextField id="key-notes" label="Notes on its approval" value={notes} onChange={setNotes} />
      <Choose id="key-days" label="Expires" value={days} choices={lives} onChange={setDays} />
    </FormDialog>
  );
}

function Expiry({ serviceKey, onClose }: { serviceKey: Key; onClose: () => void }) {
  const [days, setDays] = useState('365');
  const { done } = useChanges(keysKey);
  return (
    <FormDialog
      title="Change when the key expires"
      action="Save"
      onClose={onClose}
      onSubmit={async () => {
        await call('updateServiceKey', { kid: serviceKey.kid }, { expiration: expirationOf(days) });
        await done('The key is changed');
      }}
    >
      <Choose id="key-days" label="Expires" value={days} choices={lives} onChange={setDays} />
    </FormDialog>
  );
}

function NewKeyShown({ made, onClose }: { made: Made; onClose: () => void }) {
  const copy = useCopy();
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="made-key">
      <ModalHeader title={`Key of ${made.service}`} labelId="made-key" />
      <ModalBody>
        <Alert className="wharf-secret" isInline variant="warning" title="Copy the private key now: it is shown this once." />
        <p className="wharf-secret">
          Its id: <code className="wharf-break">{made.kid}</code>
        </p>
        <CodeBlock>
          <CodeBlockCode tabIndex={0}>{made.private_key}</CodeBlockCode>
        </CodeBlock>
        <div className="wharf-snippet-actions">
          <Button variant="secondary" onClick={() => void copy(made.private_key, 'The private key')}>
            Copy
          </Button>
        </div>
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>Close</Button>
      </ModalFooter>
    </Modal>
  );
}

/** Keys that services sign their requests to the registry with. */
export default function ServiceKeysTab() {
  const me = useUser();
  const keys = useQuery({ queryKey: keysKey, queryFn: () => call('listServiceKeys', {}) });
  const [doing, setDoing] = useState<{ what: 'expiry' | 'delete'; key: Key } | { what: 'create' }>();
  const [made, setMade] = useState<Made>();
  const { done, attempt } = useChanges(keysKey);
  const close = () => setDoing(undefined);
  const create = me?.super_user && <Button onClick={() => setDoing({ what: 'create' })}>Create a service key</Button>;
  return (
    <Part
      title="Service keys"
      about="What services sign their requests with. A key that a service brings itself is refused until it is approved."
      actions={keys.data?.keys.length ? create : undefined}
    >
      <DataTable
        label="Service keys"
        rows={keys.data?.keys}
        error={keys.error}
        retry={() => void keys.refetch()}
        keyOf={(key) => key.kid}
        nameOf={nameOf}
        empty={<EmptyPage title="No service keys">{create}</EmptyPage>}
        columns={[
          {
            title: 'Key',
            cell: (key) => (
              <>
                <div className="wharf-break">{nameOf(key)}</div>
                {key.name && <code className="wharf-subtle">{key.kid.slice(0, 12)}</code>}
              </>
            ),
          },
          { title: 'Service', cell: (key) => key.service },
          {
            title: 'Approval',
            cell: (key) =>
              key.approval ? (
                <Label isCompact color="green">
                  {key.approval.approver ? `By ${key.approval.approver.username}` : 'By the registry'}
                </Label>
              ) : (
                <Label isCompact color="orange">
                  Awaits approval
                </Label>
              ),
          },
          { title: 'Created', wide: true, cell: (key) => <Time at={key.created_date} /> },
          { title: 'Expires', cell: (key) => <Time at={key.expiration_date} /> },
        ]}
        actions={(key) =>
          me?.super_user
            ? [
                ...(key.approval
                  ? []
                  : [
                      {
                        title: 'Approve',
                        onClick: () =>
                          void attempt('The key was not approved', () => call('approveServiceKey', { kid: key.kid }, {}), 'The key is approved'),
                      },
                    ]),
                { title: 'Change the expiry', onClick: () => setDoing({ what: 'expiry', key }) },
                { title: 'Delete', isDanger: true, onClick: () => setDoing({ what: 'delete', key }) },
              ]
            : []
        }
      />
      {doing?.what === 'create' && <NewKey onMade={setMade} onClose={close} />}
      {doing?.what === 'expiry' && <Expiry serviceKey={doing.key} onClose={close} />}
      {doing?.what === 'delete' && (
        <ConfirmByName
          title="Delete this key?"
          name={nameOf(doing.key)}
          action="Delete"
          onClose={close}
          onConfirm={async () => {
            await call('deleteServiceKey', { kid: doing.key.kid });
            await done('The key is deleted');
          }}
        >
          <p>Whatever signs with it is refused from now on.</p>
        </ConfirmByName>
      )}
      {made && <NewKeyShown made={made} onClose={() => setMade(undefined)} />}
    </Part>
  );
}
