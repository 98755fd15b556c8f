import { Button, Checkbox } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, type Schema } from '@/api/call';
import { useFeature } from '@/api/session';
import { ConfirmByName } from '@/components/ConfirmByName';
import { DataTable } from '@/components/DataTable';
import { TextField } from '@/features/session/fields';
import { FormDialog } from '../admin/FormDialog';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';

type Policy = Schema<'ImmutabilityPolicyView'>;
export type PolicyOwner = { orgname: string } | { repository: string };

function list(owner: PolicyOwner) {
  return 'orgname' in owner
    ? call('listOrgImmutabilityPolicies', owner)
    : call('listRepositoryImmutabilityPolicies', owner);
}

function save(owner: PolicyOwner, policy: Policy | undefined, wanted: Schema<'WantedImmutabilityPolicy'>): Promise<unknown> {
  if ('orgname' in owner) {
    return policy
      ? call('updateOrgImmutabilityPolicy', { ...owner, policy_uuid: policy.uuid }, wanted)
      : call('createOrgImmutabilityPolicy', owner, wanted);
  }
  return policy
    ? call('updateRepositoryImmutabilityPolicy', { ...owner, policy_uuid: policy.uuid }, wanted)
    : call('createRepositoryImmutabilityPolicy', owner, wanted);
}

function remove(owner: PolicyOwner, policy_uuid: string): Promise<unknown> {
  return 'orgname' in owner
    ? call('deleteOrgImmutabilityPolicy', { ...owner, policy_uuid })
    : call('deleteRepositoryImmutabilityPolicy', { ...owner, policy_uuid });
}

function PolicyDialog(props: { owner: PolicyOwner; policy: Policy | undefined; onClose: () => void }) {
  const [pattern, setPattern] = useState(props.policy?.tagPattern ?? '');
  const [matches, setMatches] = useState(props.policy?.tagPatternMatches ?? true);
  const { done } = useChanges(['policies', props.owner]);
  return (
    <FormDialog
      title={props.policy ? 'Change the policy' : 'Create a policy'}
      action="Save"
      ready={pattern !== ''}
      onClose={props.onClose}
      onSubmit={async () => {
        await save(props.owner, props.policy, { tagPattern: pattern, tagPatternMatches: matches });
        await done('The policy is saved');
      }}
    >
      <TextField
        id="policy-pattern"
        label="Tags"
        value={pattern}
        onChange={setPattern}
        required
        autoFocus
        help="A regular expression, such as ^v[0-9]+\.[0-9]+$"
      />
      <Checkbox
        id="policy-others"
        label="All tags that do not match"
        isChecked={!matches}
        onChange={(_event, others) => setMatches(!others)}
      />
    </FormDialog>
  );
}

/** Which tags cannot be moved or deleted once they are pushed; nothing where the registry has no such policies. */
export function ImmutabilityPolicies({ owner }: { owner: PolicyOwner }) {
  return useFeature('IMMUTABLE_TAGS') ? <Policies owner={owner} /> : null;
}

function Policies({ owner }: { owner: PolicyOwner }) {
  const key = ['policies', owner];
  const policies = useQuery({ queryKey: key, queryFn: () => list(owner) });
  const [edited, setEdited] = useState<Policy | 'new'>();
  const [deleted, setDeleted] = useState<Policy>();
  const { done } = useChanges(key);
  return (
    <Part
      title="Immutability policies"
      about="Tags that a policy names cannot be moved or deleted once they are pushed."
      actions={
        <Button variant="secondary" onClick={() => setEdited('new')}>
          Create a policy
        </Button>
      }
    >
      <DataTable
        label="Immutability policies"
        rows={policies.data?.policies}
        error={policies.error}
        retry={() => void policies.refetch()}
        expected={2}
        keyOf={(policy) => policy.uuid}
        nameOf={(policy) => policy.tagPattern}
        empty={<p className="wharf-subtle">No policy: every tag can be moved and deleted by who may write.</p>}
        columns={[
          { title: 'Tags', cell: (policy) => (policy.tagPatternMatches ? 'that match' : 'that do not match') },
          { title: 'Pattern', cell: (policy) => <code className="wharf-break">{policy.tagPattern}</code> },
        ]}
        actions={(policy) => [
          { title: 'Change', onClick: () => setEdited(policy) },
          { title: 'Delete', isDanger: true, onClick: () => setDeleted(policy) },
        ]}
      />
      {edited && (
        <PolicyDialog owner={owner} policy={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />
      )}
      {deleted && (
        <ConfirmByName
          title="Delete this policy?"
          action="Delete"
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            await remove(owner, deleted.uuid);
            await done('The policy is deleted');
          }}
        >
          <p>
            Tags that match <code>{deleted.tagPattern}</code> can then be pushed anew and deleted.
          </p>
        </ConfirmByName>
      )}
    </Part>
  );
}
