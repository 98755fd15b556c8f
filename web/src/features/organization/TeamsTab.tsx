import { Button, Label } from '@patternfly/react-core';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { call, type Schema } from '@/api/call';
import { ConfirmByName } from '@/components/ConfirmByName';
import { DataTable } from '@/components/DataTable';
import { useUrlState } from '@/components/useUrlState';
import { TextField } from '@/features/session/fields';
import { Choose } from '../admin/fields';
import { FormDialog } from '../admin/FormDialog';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';
import { Who } from '../admin/Who';
import { TeamView } from './TeamView';
import { organizationKey } from './useOrganization';

type Team = Schema<'OrganizationTeam'>;

export const teamRoles = [
  { value: 'member', title: 'Member' },
  { value: 'creator', title: 'Creator' },
  { value: 'admin', title: 'Admin' },
] as const;

function TeamDialog(props: { organization: string; team: Team | undefined; onClose: () => void }) {
  const [name, setName] = useState(props.team?.name ?? '');
  const [description, setDescription] = useState(props.team?.description ?? '');
  const [role, setRole] = useState<string>(props.team?.role ?? 'member');
  const { done } = useChanges(organizationKey(props.organization));
  return (
    <FormDialog
      title={props.team ? `Change the team ${name}` : 'Create a team'}
      action={props.team ? 'Save' : 'Create the team'}
      ready={name !== ''}
      onClose={props.onClose}
      onSubmit={async () => {
        await call(
          'createOrUpdateTeam',
          { orgname: props.organization, teamname: name },
          { role: role as Team['role'], description },
        );
        await done(props.team ? `The team ${name} is changed` : `The team ${name} is made`);
      }}
    >
      {!props.team && (
        <TextField id="team-name" label="Name" value={name} onChange={setName} required autoFocus help="Small letters and digits." />
      )}
      <TextField id="team-description" label="Description" value={description} onChange={setDescription} />
      <Choose
        id="team-role"
        label="Role"
        value={role}
        choices={teamRoles}
        onChange={setRole}
        help="Members use what they are given, creators make repositories, too, admins do everything."
      />
    </FormDialog>
  );
}

export default function TeamsTab({ organization }: { organization: Schema<'OrganizationView'> }) {
  const { name, is_admin: admin } = organization;
  const [shown] = useUrlState('team');
  const [edited, setEdited] = useState<Team | 'new'>();
  const [deleted, setDeleted] = useState<Team>();
  const { done, attempt } = useChanges(organizationKey(name));
  const teams = (organization.ordered_teams ?? Object.keys(organization.teams ?? {})).flatMap(
    (team) => organization.teams?.[team] ?? [],
  );
  const team = teams.find((candidate) => candidate.name === shown);
  if (team) return <TeamView organization={name} team={team} />;
  return (
    <Part
      title="Teams"
      about="Roles in repositories are given to teams, and people come and go."
      actions={admin && <Button onClick={() => setEdited('new')}>Create a team</Button>}
    >
      <DataTable
        label="Teams"
        rows={teams}
        keyOf={(row) => row.name}
        empty={<p className="wharf-subtle">There is no team that you may see.</p>}
        columns={[
          {
            title: 'Team',
            cell: (row) => (
              <>
                {row.can_view ? <Who name={row.name} avatar={row.avatar} to={`?tab=teams&team=${encodeURIComponent(row.name)}`} /> : <Who name={row.name} avatar={row.avatar} />}
                {row.description && <div className="wharf-subtle wharf-break">{row.description}</div>}
              </>
            ),
          },
          {
            title: 'Members',
            number: true,
            cell: (row) => (row.can_view ? <Link to={`?tab=teams&team=${encodeURIComponent(row.name)}`}>{row.member_count}</Link> : row.member_count),
          },
          { title: 'Repositories', number: true, cell: (row) => row.repo_count },
          {
            title: 'Role',
            cell: (row) =>
              admin ? (
                <div className="wharf-role">
                  <Choose
                    id={`role-${row.name}`}
                    name={`Role of ${row.name}`}
                    value={row.role}
                    choices={teamRoles}
                    onChange={(role) =>
                      void attempt(
                        'The role was not changed',
                        () => call('createOrUpdateTeam', { orgname: name, teamname: row.name }, { role: role as Team['role'] }),
                        `The team ${row.name} is changed`,
                      )
                    }
                  />
                </div>
              ) : (
                <Label isCompact>{row.role}</Label>
              ),
          },
        ]}
        {...(admin
          ? {
              actions: (row: Team) => [
                { title: 'Change', onClick: () => setEdited(row) },
                { title: 'Delete', isDanger: true, onClick: () => setDeleted(row) },
              ],
            }
          : {})}
      />
      {edited && <TeamDialog organization={name} team={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />}
      {deleted && (
        <ConfirmByName
          title="Delete this team?"
          name={deleted.name}
          action="Delete"
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            await call('deleteOrganizationTeam', { orgname: name, teamname: deleted.name });
            await done(`The team ${deleted.name} is deleted`);
          }}
        >
          <p>Its roles in repositories go with it. Its members stay where they are members elsewhere.</p>
        </ConfirmByName>
      )}
    </Part>
  );
}
