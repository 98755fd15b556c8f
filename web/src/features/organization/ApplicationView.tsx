import {
  Alert,
  Button,
  Checkbox,
  ClipboardCopy,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  FormGroup,
  Label,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
} from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { call, type Schema } from '@/api/call';
import { ConfirmByName } from '@/components/ConfirmByName';
import { CopyText } from '@/components/CopyText';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Pager, usePaging } from '@/components/Pager';
import { Time } from '@/components/Time';
import { TextField } from '@/features/session/fields';
import { FormDialog } from '../admin/FormDialog';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';
import { scopes } from './scopes';

function NewToken(props: { path: { orgname: string; client_id: string }; onMade: (token: string) => void; onClose: () => void }) {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const { done } = useChanges(['application-tokens', props.path.client_id]);
  return (
    <FormDialog
      title="Create a token"
      action="Create the token"
      ready={name !== '' && chosen.length > 0}
      onClose={props.onClose}
      onSubmit={async () => {
        const made = await call('createOrganizationApplicationToken', props.path, { name, scope: chosen.join(' ') });
        await done();
        props.onMade(made.token ?? '');
      }}
    >
      <TextField id="token-name" label="Name" value={name} onChange={setName} required autoFocus help="What it is for." />
      <FormGroup label="It may" role="group" isStack>
        {scopes.map(({ scope, title, about }) => (
          <Checkbox
            key={scope}
            id={`scope-${scope}`}
            label={title}
            description={about}
            isChecked={chosen.includes(scope)}
            onChange={(_event, on) => setChosen(on ? [...chosen, scope] : chosen.filter((other) => other !== scope))}
          />
        ))}
      </FormGroup>
    </FormDialog>
  );
}

/** A secret that is shown this once. */
export function SecretDialog({ title, secret, onClose }: { title: string; secret: string; onClose: () => void }) {
  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="secret-title">
      <ModalHeader title={title} labelId="secret-title" />
      <ModalBody>
        <Alert className="wharf-secret" isInline variant="warning" title="Copy it now: it is shown this once." />
        <ClipboardCopy isReadOnly hoverTip="Copy" clickTip="Copied" textAriaLabel={title} copyAriaLabel={`Copy: ${title}`}>
          {secret}
        </ClipboardCopy>
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>Close</Button>
      </ModalFooter>
    </Modal>
  );
}

/** One application: its ids and secret, and its tokens. */
export function ApplicationView({ organization, application }: { organization: string; application: Schema<'ApplicationView'> }) {
  const path = { orgname: organization, client_id: application.client_id };
  const paging = usePaging();
  const key = ['application-tokens', application.client_id];
  const tokens = useQuery({
    queryKey: [...key, paging.token],
    queryFn: () => call('listOrganizationApplicationTokens', paging.token ? { ...path, next_page: paging.token } : path),
  });
  const [creating, setCreating] = useState(false);
  const [resetting, setResetting] = useState(false);
  const [secret, setSecret] = useState<{ title: string; secret: string }>();
  const [revoked, setRevoked] = useState<Schema<'ApplicationTokenView'>>();
  const { done } = useChanges(key, ['applications', organization]);
  const create = <Button onClick={() => setCreating(true)}>Create a token</Button>;
  return (
    <>
      <p className="wharf-skeleton-line">
        <Link to="?tab=applications">All applications</Link>
      </p>
      <Part
        title={application.name}
        about={application.description || undefined}
        actions={
          <Button variant="secondary" onClick={() => setResetting(true)}>
            Reset the client secret
          </Button>
        }
      >
        <DescriptionList isHorizontal isCompact className="wharf-facts">
          <DescriptionListGroup>
            <DescriptionListTerm>Client ID</DescriptionListTerm>
            <DescriptionListDescription>
              <CopyText text={application.client_id} label="The client ID" />
            </DescriptionListDescription>
          </DescriptionListGroup>
          {application.client_secret && (
            <DescriptionListGroup>
              <DescriptionListTerm>Client secret</DescriptionListTerm>
              <DescriptionListDescription>
                <Button
                  variant="link"
                  isInline
                  onClick={() => setSecret({ title: 'Client secret', secret: application.client_secret ?? '' })}
                >
                  Show
                </Button>
              </DescriptionListDescription>
            </DescriptionListGroup>
          )}
        </DescriptionList>
      </Part>
      <Part title="Tokens" about="Each acts for who made it, within its scopes." actions={tokens.data?.tokens.length ? create : undefined}>
        <DataTable
          label="Tokens"
          rows={tokens.data?.tokens}
          error={tokens.error}
          retry={() => void tokens.refetch()}
          expected={3}
          keyOf={(token) => token.uuid}
          nameOf={(token) => token.name ?? token.uuid}
          empty={
            <EmptyPage title="No tokens yet" body="A token lets a program use the API.">
              {create}
            </EmptyPage>
          }
          columns={[
            { title: 'Name', cell: (token) => <span className="wharf-break">{token.name ?? token.uuid}</span> },
            {
              title: 'Scopes',
              cell: (token) => (
                <span className="wharf-labels">
                  {token.scope.split(/[ ,]+/).map((scope) => (
                    <Label key={scope} isCompact>
                      {scope}
                    </Label>
                  ))}
                </span>
              ),
            },
            { title: 'Made by', cell: (token) => token.created_by },
            { title: 'Last used', cell: (token) => <Time at={token.last_accessed} /> },
            { title: 'Expires', wide: true, cell: (token) => <Time at={token.expires_at} /> },
          ]}
          actions={(token) => [{ title: 'Revoke', isDanger: true, onClick: () => setRevoked(token) }]}
        />
        <Pager paging={paging} next={tokens.data?.next_page} label="tokens" />
      </Part>
      {creating && (
        <NewToken path={path} onMade={(made) => setSecret({ title: 'The new token', secret: made })} onClose={() => setCreating(false)} />
      )}
      {resetting && (
        <ConfirmByName
          title="Reset the client secret?"
          name={application.name}
          action="Reset"
          onClose={() => setResetting(false)}
          onConfirm={async () => {
            const fresh = await call('resetOrganizationApplicationClientSecret', path);
            await done();
            setSecret({ title: 'The new client secret', secret: fresh.client_secret ?? '' });
          }}
        >
          <p>Whatever uses the present secret is refused from now on.</p>
        </ConfirmByName>
      )}
      {revoked && (
        <ConfirmByName
          title="Revoke this token?"
          name={revoked.name ?? revoked.uuid}
          action="Revoke"
          onClose={() => setRevoked(undefined)}
          onConfirm={async () => {
            await call('deleteOrganizationApplicationToken', { ...path, token_uuid: revoked.uuid });
            await done('The token is revoked');
          }}
        >
          <p>Whatever uses {revoked.name ?? 'it'} is refused from now on.</p>
        </ConfirmByName>
      )}
      {secret && <SecretDialog {...secret} onClose={() => setSecret(undefined)} />}
    </>
  );
}
