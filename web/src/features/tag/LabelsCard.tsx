import {
  Button,
  Card,
  CardBody,
  CardHeader,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
} from '@patternfly/react-core';
import { TimesIcon } from '@patternfly/react-icons/dist/esm/icons/times-icon';
import { useState } from 'react';
import { call, type Schema } from '@/api/call';
import { Breakable } from '@/components/Breakable';
import { ConfirmByName } from '@/components/ConfirmByName';
import { Failure } from '@/components/Failure';
import { LoadingLines } from '@/components/LoadingPage';
import { FormDialog } from '@/features/admin/FormDialog';
import { useChanges } from '@/features/admin/useChanges';
import { useRepository } from '@/features/repository/useRepository';
import { TextField } from '@/features/session/fields';
import { useLabels } from './useManifest';

type ImageLabel = Schema<'LabelItem'>;

function AddLabel(props: { repository: string; digest: string; onClose: () => void }) {
  const { repository, digest } = props;
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const { done } = useChanges(['labels', repository, digest], ['tags', repository]);
  return (
    <FormDialog
      title="Add a label"
      action="Add the label"
      description="It is kept beside the image, which stays as it is."
      ready={key.trim() !== '' && value !== ''}
      onClose={props.onClose}
      onSubmit={async () => {
        await call('addManifestLabel', { repository, manifestref: digest }, { key: key.trim(), value, media_type: null });
        await done(`The label ${key.trim()} is added`);
      }}
    >
      <TextField id="label-key" label="Key" value={key} onChange={setKey} required autoFocus help="Such as org.example.stage" />
      <TextField id="label-value" label="Value" value={value} onChange={setValue} required />
    </FormDialog>
  );
}

/** Labels of a manifest: the image's own, and those that were added here, which can be taken away again. */
export function LabelsCard({ repository, digest }: { repository: string; digest: string }) {
  const labels = useLabels(repository, digest);
  const owner = useRepository(repository).data;
  const writer = owner?.can_write === true && owner.state === 'NORMAL';
  const [adding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<ImageLabel>();
  const { done } = useChanges(['labels', repository, digest], ['tags', repository]);
  const rows = labels.data?.labels;
  const body = () => {
    if (labels.error && !rows) return <Failure error={labels.error} retry={() => void labels.refetch()} />;
    if (!rows) return <LoadingLines count={3} />;
    if (rows.length === 0) return <p className="wharf-subtle">The image has no labels.</p>;
    return (
      <DescriptionList isHorizontal horizontalTermWidthModifier={{ default: '18ch' }}>
        {rows.map((label) => (
          <DescriptionListGroup key={label.id}>
            <DescriptionListTerm>
              <Breakable text={label.key} />
            </DescriptionListTerm>
            <DescriptionListDescription className="wharf-break">
              {label.value}
              {writer && label.source_type !== 'manifest' && (
                <Button
                  variant="plain"
                  size="sm"
                  icon={<TimesIcon />}
                  aria-label={`Remove the label ${label.key}`}
                  onClick={() => setRemoved(label)}
                />
              )}
            </DescriptionListDescription>
          </DescriptionListGroup>
        ))}
      </DescriptionList>
    );
  };
  return (
    <Card>
      <CardHeader
        {...(writer
          ? {
              actions: {
                actions: (
                  <Button variant="secondary" size="sm" onClick={() => setAdding(true)}>
                    Add a label
                  </Button>
                ),
                hasNoOffset: true,
              },
            }
          : {})}
      >
        <CardTitle component="h2">Labels</CardTitle>
      </CardHeader>
      <CardBody>{body()}</CardBody>
      {adding && <AddLabel repository={repository} digest={digest} onClose={() => setAdding(false)} />}
      {removed && (
        <ConfirmByName
          title={`Remove the label ${removed.key}?`}
          action="Remove"
          onClose={() => setRemoved(undefined)}
          onConfirm={async () => {
            await call('deleteManifestLabel', { repository, manifestref: digest, labelid: removed.id });
            await done(`The label ${removed.key} is removed`);
          }}
        >
          <p className="wharf-break">Its value is {removed.value}</p>
        </ConfirmByName>
      )}
    </Card>
  );
}
