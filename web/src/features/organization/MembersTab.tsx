import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { call } from '@/api/call';
import { ConfirmByName } from '@/components/ConfirmByName';
import { DataTable } from '@/components/DataTable';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';
import { Who } from '../admin/Who';
import { organizationKey } from './useOrganization';

/** People in teams of an organization, and people outside who may use some of its repositories. */
export default function MembersTab({ name }: { name: string }) {
  const members = useQuery({ queryKey: ['members', name], queryFn: () => call('getOrganizationMembers', { orgname: name }) });
  const others = useQuery({
    queryKey: ['collaborators', name],
    queryFn: () => call('getOrganizationCollaborators', { orgname: name }),
  });
  const [removed, setRemoved] = useState('');
  const { done } = useChanges(['members', name], ['collaborators', name], organizationKey(name));
  return (
    <>
      <Part title="Members" about="Whoever is in a team of the organization. Add people in a team.">
        <DataTable
          label="Members"
          rows={members.data?.members}
          error={members.error}
          retry={() => void members.refetch()}
          keyOf={(member) => member.name}
          empty={<p className="wharf-subtle">Nobody yet. Add people to a team.</p>}
          columns={[
            { title: 'Member', cell: (member) => <Who name={member.name} avatar={member.avatar} robot={member.kind === 'robot'} /> },
            {
              title: 'Teams',
              cell: (member) => (
                <span className="wharf-labels wharf-spaced">
                  {member.teams.map((team) => (
                    <Link key={team.name} to={`?tab=teams&team=${encodeURIComponent(team.name)}`}>
                      {team.name}
                    </Link>
                  ))}
                </span>
              ),
            },
            { title: 'Own permissions', cell: (member) => (member.repositories.length ? member.repositories.join(', ') : <span className="wharf-subtle">none</span>) },
          ]}
          actions={(member) => [{ title: 'Remove from the organization', isDanger: true, onClick: () => setRemoved(member.name) }]}
        />
      </Part>
      <Part title="Collaborators" about="People who are in no team, and were given roles in single repositories.">
        <DataTable
          label="Collaborators"
          rows={others.data?.collaborators}
          error={others.error}
          retry={() => void others.refetch()}
          expected={2}
          keyOf={(other) => other.name}
          empty={<p className="wharf-subtle">Nobody from outside has a role in a repository.</p>}
          columns={[
            { title: 'Collaborator', cell: (other) => <Who name={other.name} avatar={other.avatar} /> },
            { title: 'Repositories', cell: (other) => other.repositories.join(', ') },
          ]}
          actions={(other) => [{ title: 'Remove from the organization', isDanger: true, onClick: () => setRemoved(other.name) }]}
        />
      </Part>
      {removed && (
        <ConfirmByName
          title={`Remove ${removed} from ${name}?`}
          action="Remove"
          onClose={() => setRemoved('')}
          onConfirm={async () => {
            await call('removeOrganizationMember', { orgname: name, membername: removed });
            await done(`${removed} is removed`);
          }}
        >
          <p>They leave every team, and lose every role in the organization&apos;s repositories.</p>
        </ConfirmByName>
      )}
    </>
  );
}
