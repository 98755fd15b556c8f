import { Button, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '@/api/call';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { RepositoryLink } from '@/features/repository/links';
import { Choose, repositoryRoles, type RepositoryRole } from '../admin/fields';
import { useChanges } from '../admin/useChanges';
import { robotPermissions, robotsKey, type Namespace } from './owner';

/** What a robot may do in which repositories of its namespace; roles can be changed and taken away here. */
export function RobotPermissions({ owner, name, onClose }: { owner: Namespace; name: string; onClose: () => void }) {
  const short = name.slice(name.indexOf('+') + 1);
  const key = ['robot-permissions', name];
  const granted = useQuery({ queryKey: key, queryFn: () => robotPermissions(owner, short) });
  const { attempt } = useChanges(key, robotsKey(owner));
  const [repository, setRepository] = useState('');
  const repositories = useQuery({
    queryKey: ['repositories', 'of', owner.name, 'first'],
    queryFn: () => call('listRepositories', { namespace: owner.name }),
  });
  const give = (target: string, role: RepositoryRole) =>
    attempt('The permission was not changed', () =>
      call('changeUserPermissions', { repository: `${owner.name}/${target}`, username: name }, { role }),
    );
  const has = new Set(granted.data?.permissions.map((permission) => permission.repository.name));
  const others = (repositories.data?.repositories ?? []).filter((item) => !has.has(item.name));
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="robot-permissions-title">
      <ModalHeader title={`Permissions of ${name}`} labelId="robot-permissions-title" />
      <ModalBody>
        <DataTable
          label={`Repositories of ${name}`}
          rows={granted.data?.permissions}
          error={granted.error}
          expected={3}
          keyOf={(row) => row.repository.name}
          empty={<EmptyPage title="It may use no repository yet" body="Give it a role in one below." />}
          columns={[
            { title: 'Repository', cell: (row) => <RepositoryLink namespace={owner.name} name={row.repository.name} /> },
            {
              title: 'Role',
              cell: (row) => (
                <div className="wharf-role">
                  <Choose
                    id={`role-${row.repository.name}`}
                    name={`Role in ${row.repository.name}`}
                    value={row.role}
                    choices={repositoryRoles}
                    onChange={(role) => void give(row.repository.name, role as RepositoryRole)}
                  />
                </div>
              ),
            },
          ]}
          actions={(row) => [
            {
              title: 'Take away',
              onClick: () =>
                void attempt('The permission was not taken away', () =>
                  call('deleteUserPermissions', { repository: `${owner.name}/${row.repository.name}`, username: name }),
                ),
            },
          ]}
        />
        {others.length > 0 && (
          <div className="wharf-log-filter">
            <div>
              <label htmlFor="robot-repository">Another repository</label>
              <Choose
                id="robot-repository"
                value={repository}
                choices={[{ value: '', title: 'Choose' }, ...others.map((item) => ({ value: item.name, title: item.name }))]}
                onChange={setRepository}
              />
            </div>
            <Button
              variant="secondary"
              isDisabled={!repository}
              onClick={() => {
                void give(repository, 'read');
                setRepository('');
              }}
            >
              Let it read
            </Button>
          </div>
        )}
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>Close</Button>
      </ModalFooter>
    </Modal>
  );
}
