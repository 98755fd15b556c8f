import { Button, Label } from '@patternfly/react-core';
import { RobotIcon } from '@patternfly/react-icons/dist/esm/icons/robot-icon';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Schema } from '@/api/call';
import { ConfirmByName } from '@/components/ConfirmByName';
import { DataTable, type Column } from '@/components/DataTable';
import { EmptyPage } from '@/components/EmptyPage';
import { Time } from '@/components/Time';
import { TextField } from '@/features/session/fields';
import { FormDialog } from '../admin/FormDialog';
import { Part } from '../admin/Part';
import { useChanges } from '../admin/useChanges';
import { CredentialsDialog } from '../credentials/CredentialsDialog';
import { createRobot, deleteRobot, getRobot, listRobots, regenerateRobot, robotsKey, type Namespace } from './owner';
import { RobotPermissions } from './RobotPermissions';

type Robot = Schema<'RobotListItem'>;

function shortOf(robot: { name: string }): string {
  return robot.name.slice(robot.name.indexOf('+') + 1);
}

function NewRobot(props: { owner: Namespace; onMade: (robot: Schema<'RobotView'>) => void; onClose: () => void }) {
  const { owner } = props;
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const { done } = useChanges(robotsKey(owner));
  return (
    <FormDialog
      title="Create a robot"
      action="Create the robot"
      description="Robots are for programs: clusters that pull, pipelines that push."
      ready={name !== ''}
      onClose={props.onClose}
      onSubmit={async () => {
        const made = await createRobot(owner, name, { description });
        await done();
        props.onMade(made);
      }}
    >
      <TextField
        id="robot-name"
        label="Name"
        value={name}
        onChange={setName}
        required
        autoFocus
        help={`Small letters, digits and underscores. It signs in as ${owner.name}+${name || 'name'}.`}
      />
      <TextField id="robot-description" label="Description" value={description} onChange={setDescription} />
    </FormDialog>
  );
}

type Doing = { what: 'create' } | { what: 'delete' | 'regenerate' | 'permissions'; robot: Robot } | undefined;

/** Robots of a namespace: made, shown with ready-made ways to sign in, given new tokens, deleted. */
export default function RobotsTab({ owner }: { owner: Namespace }) {
  const robots = useQuery({ queryKey: robotsKey(owner), queryFn: () => listRobots(owner) });
  const [doing, setDoing] = useState<Doing>();
  const [shown, setShown] = useState<Schema<'RobotView'>>();
  const { done, attempt } = useChanges(robotsKey(owner));
  const close = () => setDoing(undefined);
  const show = (robot: Robot) =>
    attempt('The token could not be read', async () => setShown(await getRobot(owner, shortOf(robot))));
  const columns: Column<Robot>[] = [
    {
      title: 'Robot',
      cell: (robot) => (
        <>
          <Button variant="link" isInline className="wharf-break" onClick={() => void show(robot)}>
            {robot.name}
          </Button>
          {robot.description && <div className="wharf-subtle wharf-break">{robot.description}</div>}
        </>
      ),
    },
    {
      title: 'Teams',
      wide: true,
      cell: (robot) => (
        <span className="wharf-labels">
          {robot.teams?.map((team) => (
            <Label key={team.name} isCompact>
              {team.name}
            </Label>
          ))}
        </span>
      ),
    },
    {
      title: 'Repositories',
      cell: (robot) => (
        <Button variant="link" isInline onClick={() => setDoing({ what: 'permissions', robot })}>
          {robot.repositories?.length === 1 ? '1 repository' : `${robot.repositories?.length ?? 0} repositories`}
        </Button>
      ),
    },
    { title: 'Last used', cell: (robot) => <Time at={robot.last_accessed} /> },
    { title: 'Created', wide: true, cell: (robot) => <Time at={robot.created} /> },
  ];
  const create = (
    <Button key="create" onClick={() => setDoing({ what: 'create' })}>
      Create a robot
    </Button>
  );
  return (
    <Part
      title="Robots"
      about="Names and tokens for programs, which can be taken back one by one."
      actions={robots.data?.robots.length ? create : undefined}
    >
      <DataTable
        label="Robots"
        columns={columns}
        rows={robots.data?.robots}
        keyOf={(robot) => robot.name}
        error={robots.error}
        retry={() => void robots.refetch()}
        empty={
          <EmptyPage title="No robots yet" icon={RobotIcon} body="A robot lets a cluster or a pipeline sign in without anybody's password.">
            {create}
          </EmptyPage>
        }
        actions={(robot) => [
          { title: 'Show the token', onClick: () => void show(robot) },
          { title: 'Permissions', onClick: () => setDoing({ what: 'permissions', robot }) },
          { title: 'Regenerate the token', onClick: () => setDoing({ what: 'regenerate', robot }) },
          { isSeparator: true },
          { title: 'Delete', isDanger: true, onClick: () => setDoing({ what: 'delete', robot }) },
        ]}
      />
      {doing?.what === 'create' && <NewRobot owner={owner} onMade={setShown} onClose={close} />}
      {doing?.what === 'permissions' && <RobotPermissions owner={owner} name={doing.robot.name} onClose={close} />}
      {doing?.what === 'regenerate' && (
        <ConfirmByName
          title={`Give ${doing.robot.name} a new token?`}
          name={doing.robot.name}
          action="Regenerate"
          onClose={close}
          onConfirm={async () => {
            setShown(await regenerateRobot(owner, shortOf(doing.robot)));
            await done();
          }}
        >
          <p>Whatever signs in with the present token is refused from now on.</p>
        </ConfirmByName>
      )}
      {doing?.what === 'delete' && (
        <ConfirmByName
          title="Delete this robot?"
          name={doing.robot.name}
          action="Delete"
          onClose={close}
          onConfirm={async () => {
            await deleteRobot(owner, shortOf(doing.robot));
            await done(`${doing.robot.name} is deleted`);
          }}
        >
          <p>Whatever signs in with it is refused from now on. Its permissions go with it.</p>
        </ConfirmByName>
      )}
      {shown?.token && (
        <CredentialsDialog title={shown.name} username={shown.name} password={shown.token} onClose={() => setShown(undefined)} />
      )}
    </Part>
  );
}
