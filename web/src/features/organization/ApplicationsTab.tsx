import { Button } from '@patternfly/react-core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { call, type Schema } from '@/api/call';
import { ConfirmByName } from '@/components/ConfirmByName';
import { DataTable } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { useUrlState } from '@/components/useUrlState';
import { TextField } from '@/features/session/fields';
import { FormDialog } from '../admin/FormDialog';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';
import { ApplicationView } from './ApplicationView';

type Application = Schema<'ApplicationView'>;

export const applicationsKey = (organization: string) => ['applications', organization];

export function ApplicationDialog(props: { organization: string; application: Application | undefined; onClose: () => void }) {
  const { organization, application } = props;
  const [name, setName] = useState(application?.name ?? '');
  const [description, setDescription] = useState(application?.description ?? '');
  const [home, setHome] = useState(application?.application_uri ?? '');
  const [redirect, setRedirect] = useState(application?.redirect_uri ?? '');
  const { done } = useChanges(applicationsKey(organization));
  return (
    <FormDialog
      title={application ? `Change ${application.name}` : 'Create an application'}
      action={application ? 'Save' : 'Create the application'}
      ready={name !== ''}
      onClose={props.onClose}
      onSubmit={async () => {
        const wanted = { name, description, application_uri: home, redirect_uri: redirect };
        if (application) {
          await call('updateOrganizationApplication', { orgname: organization, client_id: application.client_id }, wanted);
        } else {
          await call('createOrganizationApplication', { orgname: organization }, wanted);
        }
        await done(application ? `${name} is changed` : `${name} is made`);
      }}
    >
      <TextField id="application-name" label="Name" value={name} onChange={setName} required autoFocus />
      <TextField id="application-description" label="Description" value={description} onChange={setDescription} />
      <TextField id="application-home" label="Homepage" value={home} onChange={setHome} />
      <TextField
        id="application-redirect"
        label="Redirect prefix"
        value={redirect}
        onChange={setRedirect}
        help="Where browsers may be sent with an authorization. Not needed for tokens that are made here."
      />
    </FormDialog>
  );
}

export default function ApplicationsTab({ name }: { name: string }) {
  const applications = useQuery({
    queryKey: applicationsKey(name),
    queryFn: () => call('getOrganizationApplications', { orgname: name }),
  });
  const [shown] = useUrlState('application');
  const [edited, setEdited] = useState<Application | 'new'>();
  const [deleted, setDeleted] = useState<Application>();
  const { done } = useChanges(applicationsKey(name));
  const application = applications.data?.applications.find((candidate) => candidate.client_id === shown);
  if (application) return <ApplicationView organization={name} application={application} />;
  const create = <Button onClick={() => setEdited('new')}>Create an application</Button>;
  return (
    <Part
      title="OAuth applications"
      about="Programs that use the API with tokens, each of which may do only what its scopes say."
      actions={applications.data?.applications.length ? create : undefined}
    >
      <DataTable
        label="OAuth applications"
        rows={applications.data?.applications}
        error={applications.error}
        retry={() => void applications.refetch()}
        keyOf={(row) => row.client_id}
        nameOf={(row) => row.name}
        empty={
          <EmptyPage title="No applications yet" body="An application has tokens for programs that use the API.">
            {create}
          </EmptyPage>
        }
        columns={[
          {
            title: 'Application',
            cell: (row) => (
              <>
                <Link to={`?tab=applications&application=${row.client_id}`}>{row.name}</Link>
                {row.description && <div className="wharf-subtle wharf-break">{row.description}</div>}
              </>
            ),
          },
          { title: 'Client ID', cell: (row) => <code className="wharf-break">{row.client_id}</code> },
        ]}
        actions={(row) => [
          { title: 'Change', onClick: () => setEdited(row) },
          { title: 'Delete', isDanger: true, onClick: () => setDeleted(row) },
        ]}
      />
      {edited && (
        <ApplicationDialog
          organization={name}
          application={edited === 'new' ? undefined : edited}
          onClose={() => setEdited(undefined)}
        />
      )}
      {deleted && (
        <ConfirmByName
          title="Delete this application?"
          name={deleted.name}
          action="Delete"
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            await call('deleteOrganizationApplication', { orgname: name, client_id: deleted.client_id });
            await done(`${deleted.name} is deleted`);
          }}
        >
          <p>All of its tokens are refused from now on.</p>
        </ConfirmByName>
      )}
    </Part>
  );
}
