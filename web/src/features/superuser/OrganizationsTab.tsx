import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, type Schema } from '@/api/call';
import { useUser } from '@/api/session';
import { ConfirmByName } from '@/components/ConfirmByName';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Pager, usePaging } from '@/components/Pager';
import { TextField } from '@/features/session/fields';
import { FormDialog } from '../admin/FormDialog';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';
import { Who } from '../admin/Who';

type Organization = Schema<'OrganizationRecord'>;

const organizationsKey = ['superuser', 'organizations'];

function Rename({ organization, onClose }: { organization: Organization; onClose: () => void }) {
  const [name, setName] = useState(organization.name);
  const { done } = useChanges(organizationsKey, ['user']);
  return (
    <FormDialog
      title={`Rename ${organization.name}`}
      action="Rename"
      description="Whoever pulls its images must use the new name."
      ready={name !== '' && name !== organization.name}
      onClose={onClose}
      onSubmit={async () => {
        await call('changeOrganization', { name: organization.name }, { name });
        await done(`${organization.name} is ${name} now`);
      }}
    >
      <TextField id="organization-name" label="Name" value={name} onChange={setName} required autoFocus />
    </FormDialog>
  );
}

/** All organizations of the registry. */
export default function OrganizationsTab() {
  const me = useUser();
  const paging = usePaging();
  const list = useQuery({
    queryKey: [...organizationsKey, paging.token],
    queryFn: () => call('listAllOrganizations', { limit: 50, ...(paging.token ? { next_page: paging.token } : {}) }),
    placeholderData: keepPreviousData,
  });
  const [doing, setDoing] = useState<{ what: 'rename' | 'delete'; organization: Organization }>();
  const { done, attempt } = useChanges(organizationsKey, ['user'], ['organization']);
  const close = () => setDoing(undefined);
  return (
    <Part title="Organizations">
      <DataTable
        label="Organizations"
        rows={list.data?.organizations}
        error={list.error}
        retry={() => void list.refetch()}
        stale={list.isPlaceholderData}
        keyOf={(row) => row.name}
        empty={<EmptyPage title="No organizations" body="Whoever signs in may create one, on the page Organizations." />}
        columns={[
          { title: 'Organization', cell: (row) => <Who name={row.name} avatar={row.avatar} to={`/organization/${row.name}`} /> },
          { title: 'E-mail', cell: (row) => <span className="wharf-break">{row.email}</span> },
        ]}
        actions={(organization) =>
          me?.super_user
            ? [
                { title: 'Rename', onClick: () => setDoing({ what: 'rename', organization }) },
                {
                  title: 'Take ownership',
                  onClick: () =>
                    void attempt(
                      'The ownership was not taken',
                      () => call('takeOwnership', { namespace: organization.name }),
                      `You own ${organization.name} now`,
                    ),
                },
                { isSeparator: true },
                { title: 'Delete', isDanger: true, onClick: () => setDoing({ what: 'delete', organization }) },
              ]
            : []
        }
      />
      <Pager paging={paging} next={list.data?.next_page} label="organizations" />
      {doing?.what === 'rename' && <Rename organization={doing.organization} onClose={close} />}
      {doing?.what === 'delete' && (
        <ConfirmByName
          title="Delete this organization?"
          name={doing.organization.name}
          action="Delete"
          onClose={close}
          onConfirm={async () => {
            await call('deleteOrganization', { name: doing.organization.name });
            await done(`${doing.organization.name} is deleted`);
          }}
        >
          <p>All of its repositories, images, robots and teams go with it. This cannot be undone.</p>
        </ConfirmByName>
      )}
    </Part>
  );
}
