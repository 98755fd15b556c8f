import { Button } from '@patternfly/react-core';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { call, type Schema } from '@/api/call';
import { useConfig } from '@/api/session';
import { ConfirmByName } from '@/components/ConfirmByName';
import { TextField } from '@/features/session/fields';
import { ImmutabilityPolicies } from '@/features/settings/ImmutabilityPolicies';
import { SaveForm } from '@/features/settings/SaveForm';
import { Choose } from '../admin/fields';
import { Part } from '../admin/Part';
import { spanChoices } from '../admin/spans';
import { useChanges } from '../admin/useChanges';
import { organizationKey } from './useOrganization';

export default function SettingsTab({ organization }: { organization: Schema<'OrganizationView'> }) {
  const { name } = organization;
  const { config } = useConfig();
  const navigate = useNavigate();
  const present = organization.tag_expiration_s ?? 0;
  const [email, setEmail] = useState(organization.email);
  const [expiration, setExpiration] = useState(String(present));
  const [deleting, setDeleting] = useState(false);
  const { done } = useChanges(organizationKey(name), ['user'], ['repositories']);
  return (
    <>
      <Part title="General">
        <SaveForm
          ready={email !== organization.email || Number(expiration) !== present}
          onSave={async () => {
            await call(
              'changeOrganizationDetails',
              { orgname: name },
              {
                ...(email !== organization.email ? { email } : {}),
                ...(Number(expiration) !== present ? { tag_expiration_s: Number(expiration) } : {}),
              },
            );
            await done('The settings are saved');
          }}
        >
          <TextField id="organization-email" label="E-mail" type="email" value={email} onChange={setEmail} />
          <Choose
            id="organization-expiration"
            label="Deleted tags can be restored for"
            value={expiration}
            choices={spanChoices(config.TAG_EXPIRATION_OPTIONS, present)}
            onChange={setExpiration}
            help="Then their space is given back."
          />
        </SaveForm>
      </Part>
      <ImmutabilityPolicies owner={{ orgname: name }} />
      <Part
        title="Delete the organization"
        about="All of its repositories, images, robots and teams go with it. This cannot be undone."
        actions={
          <Button variant="danger" onClick={() => setDeleting(true)}>
            Delete the organization
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
              await call('deleteAdminedOrganization', { orgname: name });
              await done(`${name} is deleted`);
              navigate('/organization');
            }}
          >
            <p>All of its repositories, images, robots and teams go with it. This cannot be undone.</p>
          </ConfirmByName>
        )}
      </Part>
    </>
  );
}
