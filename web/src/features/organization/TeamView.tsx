import { Button, Label } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { call, type Schema } from '@/api/call';
import { useFeature } from '@/api/session';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { RepositoryLink } from '@/features/repository/links';
import { TextField } from '@/features/session/fields';
import { EntityField, type Entity } from '../admin/EntityField';
import { FormDialog } from '../admin/FormDialog';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';
import { Who } from '../admin/Who';
import { organizationKey } from './useOrganization';

function useTeamChanges(organization: string, team: string) {
  return useChanges(['team', organization, team], organizationKey(organization), ['members', organization]);
}

function AddMember(props: { organization: string; team: string; onClose: () => void }) {
  const [entity, setEntity] = useState<Entity>();
  const { done } = useTeamChanges(props.organization, props.team);
  return (
    <FormDialog
      title={`Add to ${props.team}`}
      action="Add"
      ready={entity !== undefined}
      onClose={props.onClose}
      onSubmit={async () => {
        const membername = entity?.name ?? '';
        const member = await call('updateOrganizationTeamMember', {
          orgname: props.organization,
          teamname: props.team,
          membername,
        });
        await done(member.invited ? `${membername} is invited` : `${membername} is in the team`);
      }}
    >
      <EntityField id="member" label="User or robot" namespace={props.organization} value={entity} onChange={setEntity} />
    </FormDialog>
  );
}

function InviteMember(props: { organization: string; team: string; onClose: () => void }) {
  const [email, setEmail] = useState('');
  const { done } = useTeamChanges(props.organization, props.team);
  return (
    <FormDialog
      title={`Invite to ${props.team}`}
      action="Invite"
      ready={email !== ''}
      onClose={props.onClose}
      onSubmit={async () => {
        await call('inviteTeamMemberEmail', { orgname: props.organization, teamname: props.team, email });
        await done(`${email} is invited`);
      }}
    >
      <TextField id="invite-email" label="E-mail" type="email" value={email} onChange={setEmail} required autoFocus />
    </FormDialog>
  );
}

/** One team: who is in it, and what it may do. */
export function TeamView({ organization, team }: { organization: string; team: Schema<'OrganizationTeam'> }) {
  const path = { orgname: organization, teamname: team.name };
  const members = useQuery({
    queryKey: ['team', organization, team.name],
    queryFn: () => call('getOrganizationTeamMembers', { ...path, includePending: true }),
  });
  const edit = members.data?.can_edit ?? false;
  const granted = useQuery({
    queryKey: ['team', organization, team.name, 'permissions'],
    queryFn: () => call('getOrganizationTeamPermissions', path),
    enabled: edit,
  });
  const [adding, setAdding] = useState<'member' | 'invitation'>();
  const mails = useFeature('MAILING');
  const { attempt } = useTeamChanges(organization, team.name);
  const remove = (member: Schema<'TeamMemberView'>) =>
    attempt(
      'The member was not removed',
      () =>
        member.name
          ? call('deleteOrganizationTeamMember', { ...path, membername: member.name })
          : call('deleteTeamMemberEmailInvite', { ...path, email: member.email ?? '' }),
      `${member.name ?? member.email} is no longer in ${team.name}`,
      () =>
        member.name
          ? call('updateOrganizationTeamMember', { ...path, membername: member.name })
          : call('inviteTeamMemberEmail', { ...path, email: member.email ?? '' }),
    );
  return (
    <>
      <p className="wharf-skeleton-line">
        <Link to="?tab=teams">All teams</Link>
      </p>
      <Part
        title={`Team ${team.name}`}
        about={team.description || undefined}
        actions={
          edit && (
            <>
              <Button onClick={() => setAdding('member')}>Add a member</Button>
              {mails && (
                <Button variant="secondary" onClick={() => setAdding('invitation')}>
                  Invite by e-mail
                </Button>
              )}
            </>
          )
        }
      >
        <DataTable
          label={`Members of ${team.name}`}
          rows={members.data?.members}
          error={members.error}
          retry={() => void members.refetch()}
          expected={3}
          keyOf={(member) => member.name ?? member.email ?? ''}
          empty={<EmptyPage title="Nobody is in this team" body="Add users of the registry, or robots of the organization." />}
          columns={[
            {
              title: 'Member',
              cell: (member) => (
                <Who
                  name={member.name ?? member.email ?? ''}
                  avatar={member.avatar}
                  robot={member.is_robot ?? false}
                  pending={member.invited}
                />
              ),
            },
          ]}
          {...(edit ? { actions: (member: Schema<'TeamMemberView'>) => [{ title: member.invited ? 'Take the invitation back' : 'Remove from the team', onClick: () => void remove(member) }] } : {})}
        />
      </Part>
      {edit && (
        <Part title="Repositories" about="Roles are given on a repository's page, or by default permissions.">
          <DataTable
            label={`Repositories of ${team.name}`}
            rows={granted.data?.permissions}
            error={granted.error}
            retry={() => void granted.refetch()}
            expected={2}
            keyOf={(row) => row.repository.name}
            empty={<p className="wharf-subtle">The team has no role in a repository.</p>}
            columns={[
              { title: 'Repository', cell: (row) => <RepositoryLink namespace={organization} name={row.repository.name} /> },
              { title: 'Role', cell: (row) => <Label isCompact>{row.role}</Label> },
            ]}
          />
        </Part>
      )}
      {adding === 'member' && <AddMember organization={organization} team={team.name} onClose={() => setAdding(undefined)} />}
      {adding === 'invitation' && <InviteMember organization={organization} team={team.name} onClose={() => setAdding(undefined)} />}
    </>
  );
}
