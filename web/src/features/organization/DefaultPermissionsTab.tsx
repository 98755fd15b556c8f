import { Button } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '@/api/call';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { EntityField, type Entity } from '../admin/EntityField';
import { Choose, repositoryRoles, type RepositoryRole } from '../admin/fields';
import { FormDialog } from '../admin/FormDialog';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';
import { Who } from '../admin/Who';

function NewDefault({ name, onClose }: { name: string; onClose: () => void }) {
  const [delegate, setDelegate] = useState<Entity>();
  const [creator, setCreator] = useState<Entity>();
  const [role, setRole] = useState('read');
  const { done } = useChanges(['prototypes', name]);
  return (
    <FormDialog
      title="Create a default permission"
      action="Create"
      ready={delegate !== undefined}
      onClose={onClose}
      onSubmit={async () => {
        if (!delegate) return;
        await call(
          'createOrganizationPrototypePermission',
          { orgname: name },
          {
            role: role as RepositoryRole,
            delegate: { name: delegate.name, kind: delegate.kind === 'team' ? 'team' : 'user' },
            ...(creator ? { activating_user: { name: creator.name } } : {}),
          },
        );
        await done('The default permission is made');
      }}
    >
      <EntityField id="default-to" label="Whom it is given" namespace={name} teams value={delegate} onChange={setDelegate} />
      <Choose id="default-role" label="Role" value={role} choices={repositoryRoles} onChange={setRole} />
      <EntityField
        id="default-creator"
        label="Only in repositories that this one creates"
        namespace={name}
        value={creator}
        onChange={setCreator}
      />
    </FormDialog>
  );
}

/** Roles that every new repository of an organization begins with. */
export default function DefaultPermissionsTab({ name }: { name: string }) {
  const defaults = useQuery({
    queryKey: ['prototypes', name],
    queryFn: () => call('getOrganizationPrototypePermissions', { orgname: name }),
  });
  const [creating, setCreating] = useState(false);
  const { attempt } = useChanges(['prototypes', name]);
  const create = <Button onClick={() => setCreating(true)}>Create a default permission</Button>;
  return (
    <Part
      title="Default permissions"
      about="Roles that are given in every repository that is created from now on. Those that exist stay as they are."
      actions={defaults.data?.prototypes.length ? create : undefined}
    >
      <DataTable
        label="Default permissions"
        rows={defaults.data?.prototypes}
        error={defaults.error}
        retry={() => void defaults.refetch()}
        keyOf={(row) => row.id}
        nameOf={(row) => row.delegate.name}
        empty={
          <EmptyPage title="No default permissions" body="Without them only who creates a repository, and owners, may use it at first.">
            {create}
          </EmptyPage>
        }
        columns={[
          {
            title: 'Created by',
            cell: (row) =>
              row.activating_user ? (
                <Who name={row.activating_user.name} avatar={row.activating_user.avatar} robot={row.activating_user.is_robot ?? false} />
              ) : (
                <span className="wharf-subtle">anybody</span>
              ),
          },
          {
            title: 'Given to',
            cell: (row) => (
              <Who name={row.delegate.name} avatar={row.delegate.avatar} team={row.delegate.kind === 'team'} robot={row.delegate.is_robot ?? false} />
            ),
          },
          {
            title: 'Role',
            cell: (row) => (
              <div className="wharf-role">
                <Choose
                  id={`role-${row.id}`}
                  name={`Role of ${row.delegate.name}`}
                  value={row.role}
                  choices={repositoryRoles}
                  onChange={(role) =>
                    void attempt('The role was not changed', () =>
                      call('updateOrganizationPrototypePermission', { orgname: name, prototypeid: row.id }, { role: role as RepositoryRole }),
                    )
                  }
                />
              </div>
            ),
          },
        ]}
        actions={(row) => [
          {
            title: 'Delete',
            isDanger: true,
            onClick: () =>
              void attempt(
                'The default permission was not deleted',
                () => call('deleteOrganizationPrototypePermission', { orgname: name, prototypeid: row.id }),
                'The default permission is deleted',
                () =>
                  call(
                    'createOrganizationPrototypePermission',
                    { orgname: name },
                    {
                      role: row.role,
                      delegate: { name: row.delegate.name, kind: row.delegate.kind },
                      ...(row.activating_user ? { activating_user: { name: row.activating_user.name } } : {}),
                    },
                  ),
              ),
          },
        ]}
      />
      {creating && <NewDefault name={name} onClose={() => setCreating(false)} />}
    </Part>
  );
}
