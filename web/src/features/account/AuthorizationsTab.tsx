import { Label } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, type Schema } from '@/api/call';
import { ConfirmByName } from '@/components/ConfirmByName';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';

type Authorization = Schema<'AuthorizationView'>;

/** Applications that may act for the user. */
export default function AuthorizationsTab() {
  const granted = useQuery({ queryKey: ['authorizations'], queryFn: () => call('listUserAuthorizations', {}) });
  const [revoked, setRevoked] = useState<Authorization>();
  const { done } = useChanges(['authorizations']);
  return (
    <Part title="Authorized applications" about="Programs that act for you with a token, within the scopes it has.">
      <DataTable
        label="Authorized applications"
        rows={granted.data?.authorizations}
        error={granted.error}
        retry={() => void granted.refetch()}
        expected={3}
        keyOf={(row) => row.uuid}
        nameOf={(row) => row.application.name}
        empty={<EmptyPage title="No application acts for you" body="Organizations have applications, and make tokens for them." />}
        columns={[
          { title: 'Application', cell: (row) => <span className="wharf-long-name">{row.application.name}</span> },
          { title: 'Of', cell: (row) => row.application.organization.name },
          {
            title: 'It may',
            cell: (row) => (
              <span className="wharf-labels">
                {row.scopes.map((scope) => (
                  <Label key={scope.scope} isCompact color={scope.dangerous ? 'orange' : 'grey'}>
                    {scope.title}
                  </Label>
                ))}
              </span>
            ),
          },
        ]}
        actions={(row) => [{ title: 'Revoke', isDanger: true, onClick: () => setRevoked(row) }]}
      />
      {revoked && (
        <ConfirmByName
          title={`Revoke what ${revoked.application.name} may do?`}
          name={revoked.application.name}
          action="Revoke"
          onClose={() => setRevoked(undefined)}
          onConfirm={async () => {
            await call('deleteUserAuthorization', { access_token_uuid: revoked.uuid });
            await done('The authorization is revoked');
          }}
        />
      )}
    </Part>
  );
}
