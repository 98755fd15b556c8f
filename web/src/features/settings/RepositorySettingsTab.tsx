import { Button } from '@patternfly/react-core';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { call } from '@/api/call';
import { ConfirmByName } from '@/components/ConfirmByName';
import type { TabProps } from '@/features/repository/tabs';
import { Choose, LongText } from '../admin/fields';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';
import { ImmutabilityPolicies } from './ImmutabilityPolicies';
import { SaveForm } from './SaveForm';

const visibilities = [
  { value: 'private', title: 'Private: who is named may pull' },
  { value: 'public', title: 'Public: everybody may pull' },
];
const states = [
  { value: 'NORMAL', title: 'Normal' },
  { value: 'READ_ONLY', title: 'Read-only: nothing can be pushed or deleted' },
];

/** Description, visibility, state, policies, and the end of a repository. */
export default function RepositorySettingsTab({ name, repository }: TabProps) {
  const present = repository.is_public ? 'public' : 'private';
  const [description, setDescription] = useState(repository.description ?? '');
  const [visibility, setVisibility] = useState(present);
  const [state, setState] = useState(repository.state);
  const [deleting, setDeleting] = useState(false);
  const navigate = useNavigate();
  const { done } = useChanges(['repository', name], ['repositories']);
  const save = async () => {
    if (state !== repository.state && state === 'NORMAL') await call('changeRepoState', { repository: name }, { state: 'NORMAL' });
    if (description !== (repository.description ?? '')) await call('updateRepo', { repository: name }, { description });
    if (visibility !== present) {
      await call('changeRepoVisibility', { repository: name }, { visibility: visibility === 'public' ? 'public' : 'private' });
    }
    if (state !== repository.state && state === 'READ_ONLY') await call('changeRepoState', { repository: name }, { state: 'READ_ONLY' });
    await done('The settings are saved');
  };
  return (
    <>
      <Part title="General">
        <SaveForm
          ready={visibility !== present || state !== repository.state || description !== (repository.description ?? '')}
          onSave={save}
        >
          <LongText id="description" label="Description (Markdown)" value={description} onChange={setDescription} rows={5} />
          <Choose id="visibility" label="Visibility" value={visibility} choices={visibilities} onChange={setVisibility} />
          <Choose
            id="state"
            label="State"
            value={state}
            choices={states.some((known) => known.value === state) ? states : [...states, { value: state, title: state }]}
            onChange={setState}
          />
        </SaveForm>
      </Part>
      <ImmutabilityPolicies owner={{ repository: name }} />
      <Part
        title="Delete the repository"
        about="All of its tags and images go with it. This cannot be undone."
        actions={
          <Button variant="danger" onClick={() => setDeleting(true)}>
            Delete the repository
          </Button>
        }
      >
        {deleting && (
          <ConfirmByName
            title={`Delete ${name}?`}
            name={name}
            action="Delete"
            onClose={() => setDeleting(false)}
            onConfirm={async () => {
              await call('deleteRepository', { repository: name });
              navigate('/repository');
              await done(`${name} is deleted`);
            }}
          >
            <p>All of its tags and images go with it. This cannot be undone.</p>
          </ConfirmByName>
        )}
      </Part>
    </>
  );
}
