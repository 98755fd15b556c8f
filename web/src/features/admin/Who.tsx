import { Label } from '@patternfly/react-core';
import { Link } from 'react-router-dom';
import type { Schema } from '@/api/call';
import './admin.css';

/** The first letter in a ring of the colour that the server gives. */
export function Avatar({ avatar, large }: { avatar: Schema<'Avatar'>; large?: boolean }) {
  return (
    <span
      className={large ? 'wharf-avatar large' : 'wharf-avatar'}
      style={{ '--wharf-avatar': avatar.color } as React.CSSProperties}
      aria-hidden="true"
    >
      {(avatar.name.split('+').pop() ?? '').slice(0, 1).toUpperCase()}
    </span>
  );
}

/** A user, robot, team or organization with its picture. */
export function Who(props: { name: string; avatar?: Schema<'Avatar'>; robot?: boolean; team?: boolean; to?: string; pending?: boolean }) {
  const name = <span className="wharf-break">{props.name}</span>;
  return (
    <span className="wharf-who">
      {props.avatar && <Avatar avatar={props.avatar} />}
      {props.to ? <Link to={props.to}>{name}</Link> : name}
      {props.robot && <Label isCompact>Robot</Label>}
      {props.team && <Label isCompact>Team</Label>}
      {props.pending && (
        <Label isCompact color="orange">
          Invited
        </Label>
      )}
    </span>
  );
}
