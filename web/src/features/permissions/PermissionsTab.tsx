import { Button } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, type Schema } from '@/api/call';
import { DataTable } from '@/components/DataTable';
import type { TabProps } from '@/features/repository/tabs';
import { EntityField, type Entity } from '../admin/EntityField';
import { Choose, repositoryRoles, type RepositoryRole } from '../admin/fields';
import { FormDialog } from '../admin/FormDialog';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';
import { Who } from '../admin/Who';

interface Permission {
  name: string;
  role: RepositoryRole;
  avatar: Schema<'Avatar'>;
  team: boolean;
  robot: boolean;
  outside: boolean;
}

function give(repository: string, to: { name: string; team: boolean }, role: RepositoryRole): Promise<unknown> {
  return to.team
    ? call('changeTeamPermissions', { repository, teamname: to.name }, { role })
    : call('changeUserPermissions', { repository, username: to.name }, { role });
}

function take(repository: string, from: Permission): Promise<unknown> {
  return from.team
    ? call('deleteTeamPermissions', { repository, teamname: from.name })
    : call('deleteUserPermissions', { repository, username: from.name });
}

function AddPermission(props: { repository: string; organization: boolean; onClose: () => void }) {
  const { repository } = props;
  const [entity, setEntity] = useState<Entity>();
  const [role, setRole] = useState('read');
  const { done } = useChanges(['permissions', repository]);
  return (
    <FormDialog
      title="Add a permission"
      action="Add"
      ready={entity !== undefined}
      onClose={props.onClose}
      onSubmit={async () => {
        if (!entity) return;
        await give(repository, { name: entity.name, team: entity.kind === 'team' }, role as RepositoryRole);
        await done(`${entity.name} may use the repository`);
      }}
    >
      <EntityField
        id="permission-to"
        label="Whom"
        namespace={repository.slice(0, repository.indexOf('/'))}
        teams={props.organization}
        value={entity}
        onChange={setEntity}
        accept={(found) => ['user', 'robot', 'team'].includes(found.kind)}
      />
      <Choose
        id="permission-role"
        label="Role"
        value={role}
        choices={repositoryRoles}
        onChange={setRole}
        help="Readers pull, writers push and delete tags, too, admins do everything."
      />
    </FormDialog>
  );
}

/** Who may do what in a repository: users, robots and teams. */
export default function PermissionsTab({ name, repository }: TabProps) {
  const key = ['permissions', name];
  const users = useQuery({ queryKey: [...key, 'users'], queryFn: () => call('listRepoUserPermissions', { repository: name }) });
  const teams = useQuery({
    queryKey: [...key, 'teams'],
    queryFn: () => call('listRepoTeamPermissions', { repository: name }),
    enabled: repository.is_organization,
  });
  const [adding, setAdding] = useState(false);
  const { attempt } = useChanges(key);
  const ready = users.data !== undefined && (teams.data !== undefined || !repository.is_organization);
  const rows: Permission[] = [
    ...Object.values(teams.data?.permissions ?? {}).map((row) => ({ ...row, team: true, robot: false, outside: false })),
    ...Object.values(users.data?.permissions ?? {}).map((row) => ({
      ...row,
      team: false,
      robot: row.is_robot,
      outside: row.is_org_member === false && !row.is_robot,
    })),
  ];
  const [namespace] = name.split('/');
  return (
    <Part
      title="Permissions"
      about={
        repository.is_organization
          ? 'Owners of the organization may do everything, without being named here.'
          : 'The owner may do everything, without being named here.'
      }
      actions={<Button onClick={() => setAdding(true)}>Add a permission</Button>}
    >
      <DataTable
        label="Permissions"
        rows={ready ? rows : undefined}
        error={users.error ?? teams.error}
        retry={() => void Promise.all([users.refetch(), teams.refetch()])}
        expected={4}
        keyOf={(row) => `${row.team ? 'team' : 'user'}/${row.name}`}
        nameOf={(row) => row.name}
        empty={<p className="wharf-subtle">Nobody is named. Add users, robots or teams.</p>}
        columns={[
          {
            title: 'Whom',
            cell: (row) => (
              <>
                <Who
                  name={row.name}
                  avatar={row.avatar}
                  team={row.team}
                  robot={row.robot}
                  {...(row.team ? { to: `/organization/${namespace}?tab=teams&team=${encodeURIComponent(row.name)}` } : {})}
                />
                {row.outside && <div className="wharf-subtle">not a member of the organization</div>}
              </>
            ),
          },
          {
            title: 'Role',
            cell: (row) => (
              <div className="wharf-role">
                <Choose
                  id={`role-${row.team ? 'team' : 'user'}-${row.name}`}
                  name={`Role of ${row.name}`}
                  value={row.role}
                  choices={repositoryRoles}
                  onChange={(role) =>
                    void attempt('The role was not changed', () => give(name, row, role as RepositoryRole), `The role of ${row.name} is changed`)
                  }
                />
              </div>
            ),
          },
        ]}
        actions={(row) => [
          {
            title: 'Take away',
            isDanger: true,
            onClick: () => 
              void attempt(
                'The permission was not taken away',
                () => take(name, row),
                `${row.name} is no longer named`,
                () => give(name, row, row.role),
              ),
          },
        ]}
      />
      {adding && <AddPermission repository={name} organization={repository.is_organization} onClose={() => setAdding(false)} />}
    </Part>
  );
}
