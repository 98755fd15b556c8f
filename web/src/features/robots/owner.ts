import { call, type Schema } from '@/api/call';

/** A namespace that has robots: an organization, or oneself. */
export interface Namespace {
  name: string;
  organization: boolean;
}

export const robotsKey = (owner: Namespace) => ['robots', owner.name];

export function listRobots(owner: Namespace) {
  return owner.organization
    ? call('getOrgRobots', { orgname: owner.name, permissions: true })
    : call('getUserRobots', { permissions: true });
}

export function getRobot(owner: Namespace, short: string) {
  return owner.organization
    ? call('getOrgRobot', { orgname: owner.name, robot_shortname: short })
    : call('getUserRobot', { robot_shortname: short });
}

export function createRobot(owner: Namespace, short: string, details: Schema<'RobotDetails'>) {
  return owner.organization
    ? call('createOrgRobot', { orgname: owner.name, robot_shortname: short }, details)
    : call('createUserRobot', { robot_shortname: short }, details);
}

export function deleteRobot(owner: Namespace, short: string) {
  return owner.organization
    ? call('deleteOrgRobot', { orgname: owner.name, robot_shortname: short })
    : call('deleteUserRobot', { robot_shortname: short });
}

export function regenerateRobot(owner: Namespace, short: string) {
  return owner.organization
    ? call('regenerateOrgRobotToken', { orgname: owner.name, robot_shortname: short })
    : call('regenerateUserRobotToken', { robot_shortname: short });
}

export function robotPermissions(owner: Namespace, short: string) {
  return owner.organization
    ? call('getOrgRobotPermissions', { orgname: owner.name, robot_shortname: short })
    : call('getUserRobotPermissions', { robot_shortname: short });
}
