// What the log says in plain words. {field} is replaced by the entry's metadata.
type Metadata = Record<string, unknown>;

const kRepository: Record<string, string> = {
  create_repo: 'Made the repository {repo}',
  delete_repo: 'Deleted the repository {repo}',
  set_repo_description: 'Changed the description of {repo}',
  change_repo_visibility: 'Made {repo} {visibility}',
  change_repo_state: 'Changed the state of {repo} to {state_changed}',
  push_repo: 'Pushed {tag|manifest_digest} to {repo}',
  push_repo_failed: 'Failed to push to {repo}',
  pull_repo: 'Pulled {tag|manifest_digest} from {repo}',
  pull_repo_failed: 'Failed to pull from {repo}',
  add_repo_permission: 'Gave {username|team} the role {role} in {repo}',
  change_repo_permission: 'Changed the role of {username|team} in {repo} to {role}',
  delete_repo_permission: 'Took the permission of {username|team} in {repo} away',
  add_repo_notification: 'Added a notification of {event} to {repo}',
  delete_repo_notification: 'Deleted a notification of {event} from {repo}',
  reset_repo_notification: 'Enabled a notification of {event} in {repo} again',
  take_ownership: 'Took the ownership of {namespace}',
};

const kTag: Record<string, string> = {
  create_tag: 'Made the tag {tag} in {repo}',
  move_tag: 'Moved the tag {tag} in {repo}',
  delete_tag: 'Deleted the tag {tag} in {repo}',
  delete_tag_failed: 'Failed to delete the tag {tag} in {repo}',
  revert_tag: 'Restored the tag {tag} in {repo}',
  permanently_delete_tag: 'Deleted the tag {tag} in {repo} beyond restoring',
  change_tag_expiration: 'Changed when the tag {tag} in {repo} expires',
  change_tag_immutability: 'Changed whether the tag {tag} in {repo} can change',
  tag_made_immutable_by_policy: 'A policy froze the tag {tag} in {repo}',
  tags_made_immutable_by_policy: 'A policy froze tags in {repo|namespace}',
  manifest_label_add: 'Added the label {key} in {repo}',
  manifest_label_delete: 'Deleted the label {key} in {repo}',
  create_immutability_policy: 'Made an immutability policy in {repo|namespace}',
  update_immutability_policy: 'Changed an immutability policy in {repo|namespace}',
  delete_immutability_policy: 'Deleted an immutability policy in {repo|namespace}',
};

const kOrganization: Record<string, string> = {
  org_create: 'Made the organization {namespace}',
  org_delete: 'Deleted the organization {namespace}',
  org_change_name: 'Renamed the organization {old_name} to {new_name}',
  org_change_email: 'Changed the e-mail of the organization',
  org_change_tag_expiration: 'Changed how long deleted tags of the organization can be restored',
  org_create_team: 'Made the team {team}',
  org_delete_team: 'Deleted the team {team}',
  org_set_team_description: 'Changed the description of the team {team}',
  org_set_team_role: 'Changed the role of the team {team} to {role}',
  org_invite_team_member: 'Invited {member|user|email} to the team {team}',
  org_delete_team_member_invite: 'Took the invitation of {member|user|email} to the team {team} back',
  org_add_team_member: 'Added {member} to the team {team}',
  org_remove_team_member: 'Removed {member} from the team {team}',
  org_team_member_invite_accepted: '{member} joined the team {team}',
  org_team_member_invite_declined: '{member} declined to join the team {team}',
  create_prototype_permission: 'Made a default permission: {role} for {delegate_user|delegate_team}',
  modify_prototype_permission: 'Changed a default permission to {role}',
  delete_prototype_permission: 'Deleted a default permission of {delegate_user|delegate_team}',
  create_application: 'Made the application {application_name}',
  update_application: 'Changed the application {application_name}',
  delete_application: 'Deleted the application {application_name}',
  reset_application_client_secret: 'Reset the secret of the application {application_name}',
};

const kUser: Record<string, string> = {
  user_create: 'Made the user {username}',
  user_delete: 'Deleted the user {username}',
  user_disable: 'Disabled the user {username}',
  user_enable: 'Enabled the user {username}',
  user_change_email: 'Changed an e-mail address',
  user_change_password: 'Changed a password',
  account_change_password: 'Changed the password',
  user_change_name: 'Changed a user name',
  user_change_tag_expiration: 'Changed how long deleted tags can be restored',
  user_generate_client_key: 'Made an encrypted password',
  create_robot: 'Made the robot {robot}',
  delete_robot: 'Deleted the robot {robot}',
  regenerate_robot_token: 'Regenerated the token of the robot {robot}',
  create_app_specific_token: 'Made the app token {app_specific_token_title}',
  revoke_app_specific_token: 'Revoked the app token {app_specific_token_title}',
  create_oauth_api_token: 'Made a token of the application {application_name|application}',
  revoke_oauth_api_token: 'Revoked a token of the application {application_name|application}',
  login_success: 'Signed in',
  login_failure: 'Failed to sign in',
  logout_success: 'Signed out',
  export_logs_success: 'Exported the log',
  export_logs_failure: 'Failed to export the log',
  service_key_create: 'Made the service key {name|kid}',
  service_key_approve: 'Approved the service key {name|kid}',
  service_key_delete: 'Deleted the service key {name|kid}',
  service_key_modify: 'Changed the service key {name|kid}',
  service_key_extend: 'Changed when the service key {name|kid} expires',
};

const kWords = { ...kRepository, ...kTag, ...kOrganization, ...kUser };

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** "push_repo" -> "Push repo": kinds that have no sentence, and heads of filters. */
export function kindWords(kind: string): string {
  const words = kind.replaceAll('_', ' ').replace(/\brepo\b/g, 'repository').replace(/\borg\b/g, 'organization');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** "Pushed latest to web". A kind that is unknown, or lacks what its sentence names, is said by its name. */
export function logWords(kind: string, metadata: Metadata): string {
  const sentence = kWords[kind];
  if (!sentence) return kindWords(kind);
  let missing = false;
  const words = sentence.replace(/\{([a-z_|]+)\}/g, (_all, names: string) => {
    const value = names.split('|').map((name) => textOf(metadata[name])).find((text) => text !== '');
    if (value === undefined) missing = true;
    if (names === 'event') return (value ?? '').replaceAll('_', ' ').replace(/^repo\b/, 'repository');
    return value?.startsWith('sha256:') ? value.slice(0, 19) : (value ?? '');
  });
  return missing ? kindWords(kind) : words;
}
