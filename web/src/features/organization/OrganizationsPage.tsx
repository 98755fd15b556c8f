import { Button, Label, PageSection, Title } from '@patternfly/react-core';
import { UsersIcon } from '@patternfly/react-icons/dist/esm/icons/users-icon';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { call } from '@/api/call';
import { useUser } from '@/api/session';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { usePageTitle } from '@/components/usePageTitle';
import { TextField } from '@/features/session/fields';
import { FormDialog } from '../admin/FormDialog';
import { useChanges } from '../admin/useChanges';
import { Who } from '../admin/Who';
import '../admin/admin.css';

function NewOrganization({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const { done } = useChanges(['user']);
  const navigate = useNavigate();
  return (
    <FormDialog
      title="Create an organization"
      action="Create the organization"
      description="A namespace that several people own together."
      ready={name !== ''}
      onClose={onClose}
      onSubmit={async () => {
        await call('createOrganization', {}, email ? { name, email } : { name });
        await done(`The organization ${name} is made`);
        navigate(`/organization/${encodeURIComponent(name)}`);
      }}
    >
      <TextField id="organization-name" label="Name" value={name} onChange={setName} required autoFocus help="Images are then named after it." />
      <TextField id="organization-email" label="E-mail" type="email" value={email} onChange={setEmail} help="Not the one of a user." />
    </FormDialog>
  );
}

/** The organizations one belongs to. */
export default function OrganizationsPage() {
  usePageTitle('Organizations');
  const user = useUser();
  const [creating, setCreating] = useState(false);
  const organizations = user?.organizations ?? [];
  const create = <Button onClick={() => setCreating(true)}>Create an organization</Button>;
  return (
    <PageSection hasBodyWrapper={false} isFilled>
      <div className="wharf-part">
        <header>
          <Title headingLevel="h1">Organizations</Title>
          {organizations.length > 0 && create}
        </header>
        <DataTable
          label="Organizations"
          rows={organizations}
          keyOf={(row) => row.name}
          empty={
            <EmptyPage icon={UsersIcon} title="You belong to no organization" body="An organization is a namespace that several people own together.">
              {create}
            </EmptyPage>
          }
          columns={[
            { title: 'Name', cell: (row) => <Who name={row.name} avatar={row.avatar} to={`/organization/${row.name}`} /> },
            { title: 'You are', cell: (row) => <Label isCompact color={row.is_org_admin || row.is_admin ? 'blue' : 'grey'}>{row.is_org_admin || row.is_admin ? 'Owner' : 'Member'}</Label> },
            { title: 'You may create repositories', wide: true, cell: (row) => (row.can_create_repo ? 'Yes' : 'No') },
          ]}
        />
      </div>
      {creating && <NewOrganization onClose={() => setCreating(false)} />}
    </PageSection>
  );
}
