import { Button } from '@patternfly/react-core';
import { KeyIcon } from '@patternfly/react-icons/dist/esm/icons/key-icon';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, type Schema } from '@/api/call';
import { ConfirmByName } from '@/components/ConfirmByName';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Time } from '@/components/Time';
import { TextField } from '@/features/session/fields';
import { FormDialog } from '../admin/FormDialog';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';
import { CredentialsDialog } from '../credentials/CredentialsDialog';

type Token = Schema<'AppTokenView'>;

function NewAppToken(props: { onMade: (token: Token) => void; onClose: () => void }) {
  const [title, setTitle] = useState('');
  const { done } = useChanges(['app-tokens']);
  return (
    <FormDialog
      title="Create an app token"
      action="Create the token"
      ready={title !== ''}
      onClose={props.onClose}
      onSubmit={async () => {
        const { token } = await call('createAppToken', {}, { title });
        await done();
        props.onMade(token);
      }}
    >
      <TextField id="token-title" label="Title" value={title} onChange={setTitle} required autoFocus help="What it is for: my laptop." />
    </FormDialog>
  );
}

/** Tokens that clients sign in with instead of one's password. */
export default function AppTokensTab() {
  const tokens = useQuery({ queryKey: ['app-tokens'], queryFn: () => call('listAppTokens', {}) });
  const [creating, setCreating] = useState(false);
  const [shown, setShown] = useState<Token>();
  const [revoked, setRevoked] = useState<Token>();
  const { done } = useChanges(['app-tokens']);
  const create = <Button onClick={() => setCreating(true)}>Create an app token</Button>;
  return (
    <Part
      title="App tokens"
      about="What Podman, Docker and the like sign in with instead of your password; each can be taken back by itself."
      actions={tokens.data?.tokens.length ? create : undefined}
    >
      <DataTable
        label="App tokens"
        rows={tokens.data?.tokens}
        error={tokens.error}
        retry={() => void tokens.refetch()}
        expected={3}
        keyOf={(token) => token.uuid}
        nameOf={(token) => token.title}
        empty={
          <EmptyPage icon={KeyIcon} title="No app tokens yet" body="Make one for each machine that you sign in from.">
            {create}
          </EmptyPage>
        }
        columns={[
          { title: 'Title', cell: (token) => <span className="wharf-break">{token.title}</span> },
          { title: 'Last used', cell: (token) => <Time at={token.last_accessed} /> },
          { title: 'Created', wide: true, cell: (token) => <Time at={token.created} /> },
          { title: 'Expires', cell: (token) => <Time at={token.expiration} /> },
        ]}
        actions={(token) => [{ title: 'Revoke', isDanger: true, onClick: () => setRevoked(token) }]}
      />
      {creating && <NewAppToken onMade={setShown} onClose={() => setCreating(false)} />}
      {shown?.token_code && (
        <CredentialsDialog once title={shown.title} username="$app" password={shown.token_code} onClose={() => setShown(undefined)} />
      )}
      {revoked && (
        <ConfirmByName
          title="Revoke this token?"
          name={revoked.title}
          action="Revoke"
          onClose={() => setRevoked(undefined)}
          onConfirm={async () => {
            await call('revokeAppToken', { token_uuid: revoked.uuid });
            await done('The token is revoked');
          }}
        >
          <p>Whatever signs in with it is refused from now on.</p>
        </ConfirmByName>
      )}
    </Part>
  );
}
