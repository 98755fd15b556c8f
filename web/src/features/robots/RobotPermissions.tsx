import { Button, Modal, ModalBody, ModalFooter, ModalHeader, SearchInput } from '@patternfly/react-core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { call } from '@/api/call';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { RepositoryLink } from '@/features/repository/links';
import { Choose, repositoryRoles, type RepositoryRole } from '../admin/fields';
import { useChanges } from '../admin/useChanges';
import { robotPermissions, robotsKey, type Namespace } from './owner';

const kShown = 8;

/** Names of repositories of a namespace: the first ones, or those with `text` in their name, wherever they stand. */
async function repositoriesNamed(namespace: string, text: string): Promise<{ names: string[]; more: boolean }> {
  if (!text) {
    const list = await call('listRepositories', { namespace });
    return { names: list.repositories.map((item) => item.name), more: list.repositories.length > kShown || list.next_page !== undefined };
  }
  const hits = await call('conductRepoSearch', { query: `${namespace}/${text}`, page: 1 });
  const names = hits.results.filter((hit) => hit.namespace.name === namespace).map((hit) => hit.name);
  return { names, more: names.length > kShown || hits.has_additional };
}

/** What a robot may do in which repositories of its namespace; roles can be changed and taken away here. */
export function RobotPermissions({ owner, name, onClose }: { owner: Namespace; name: string; onClose: () => void }) {
  const short = name.slice(name.indexOf('+') + 1);
  const key = ['robot-permissions', name];
  const granted = useQuery({ queryKey: key, queryFn: () => robotPermissions(owner, short) });
  const { attempt } = useChanges(key, robotsKey(owner));
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim());
  const found = useQuery({
    queryKey: ['repositories', 'of', owner.name, 'named', wanted],
    queryFn: () => repositoriesNamed(owner.name, wanted),
    placeholderData: keepPreviousData,
  });
  const give = (target: string, role: RepositoryRole) =>
    attempt('The permission was not changed', () =>
      call('changeUserPermissions', { repository: `${owner.name}/${target}`, username: name }, { role }),
    );
  const has = new Set(granted.data?.permissions.map((permission) => permission.repository.name));
  const others = found.data?.names.filter((other) => !has.has(other)).slice(0, kShown);
  return (
    <Modal isOpen variant="medium" onClose={onClose} aria-labelledby="robot-permissions-title">
      <ModalHeader title={`Permissions of ${name}`} labelId="robot-permissions-title" />
      <ModalBody>
        <DataTable
          label={`Repositories of ${name}`}
          rows={granted.data?.permissions}
          error={granted.error}
          retry={() => void granted.refetch()}
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
                void attempt(
                  'The permission was not taken away',
                  () => call('deleteUserPermissions', { repository: `${owner.name}/${row.repository.name}`, username: name }),
                  `It may no longer use ${row.repository.name}`,
                  () => give(row.repository.name, row.role as RepositoryRole),
                ),
            },
          ]}
        />
        <div className="wharf-spaced-above">
          <SearchInput
            searchInputId="robot-repository"
            aria-label="Another repository"
            placeholder={`Search the repositories of ${owner.name}`}
            value={text}
            onChange={(_event, value) => setText(value)}
            onClear={() => setText('')}
          />
          <DataTable
            label="Other repositories"
            rows={others}
            error={found.error}
            retry={() => void found.refetch()}
            stale={found.isPlaceholderData}
            expected={3}
            keyOf={(name) => name}
            empty={<p className="wharf-subtle wharf-note">{wanted ? 'No other repository has this in its name.' : 'There is no other repository.'}</p>}
            columns={[
              { title: 'Other repositories', cell: (name) => <span className="wharf-break">{name}</span> },
              {
                title: 'Give',
                modifier: 'fitContent',
                cell: (name) => (
                  <Button variant="secondary" size="sm" aria-label={`Let it read ${name}`} onClick={() => void give(name, 'read')}>
                    Let it read
                  </Button>
                ),
              },
            ]}
          />
          {found.data?.more && <p className="wharf-subtle wharf-note">There are more: a part of the name finds them.</p>}
        </div>
      </ModalBody>
      <ModalFooter>
        <Button onClick={onClose}>Close</Button>
      </ModalFooter>
    </Modal>
  );
}
