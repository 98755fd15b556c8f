type Notification = { kind: string; metadata: Record<string, unknown> };

const kTitles: Record<string, string> = {
  repo_push: 'Images were pushed to',
  vulnerability_found: 'A vulnerability was found in',
  repo_image_expiry: 'Images expire in',
  repo_mirror_sync_started: 'Mirroring began in',
  repo_mirror_sync_success: 'Mirroring succeeded in',
  repo_mirror_sync_failed: 'Mirroring failed in',
  org_team_invite: 'You are invited to the team',
  expiring_license: 'A license expires:',
  over_private_usage: 'Too many private repositories in',
  password_required: 'Your account needs a password.',
  quota_warning: 'A quota is nearly used up in',
  quota_error: 'A quota is used up in',
  test_notification: 'A test of a notification of',
  service_key_submitted: 'A service key waits for approval:',
  assigned_authorization: 'An application was assigned to you:',
};

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A sentence for a notification of any kind. */
export function notificationText({ kind, metadata }: Notification): string {
  const tags = Array.isArray(metadata.updated_tags) ? metadata.updated_tags.map(textOf).filter(Boolean) : [];
  const what = textOf(metadata.repository) || textOf(metadata.name) || textOf(metadata.team) || textOf(metadata.namespace);
  const title = kTitles[kind] ?? `${kind.replaceAll('_', ' ')}:`;
  return `${title} ${what}${tags.length ? `: ${tags.join(', ')}` : ''}`.trim();
}
