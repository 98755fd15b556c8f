import { addressOf } from '@/features/repository/path';

type Notification = { kind: string; metadata: Record<string, unknown> };

const kTitles: Record<string, string> = {
  repo_push: 'Images were pushed to',
  vulnerability_found: 'A vulnerability was found in',
  repo_image_expiry: 'Images expire in',
  repo_mirror_sync_started: 'Mirroring began in',
  repo_mirror_sync_success: 'Mirroring succeeded in',
  repo_mirror_sync_failed: 'Mirroring failed in',
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
  if (kind === 'org_team_invite') {
    return `${textOf(metadata.inviter) || 'Somebody'} invites you to the team ${textOf(metadata.team)} of ${textOf(metadata.org)}`;
  }
  const what = ['repository', 'name', 'service', 'application', 'namespace'].map((key) => textOf(metadata[key])).find(Boolean) ?? '';
  const title = kTitles[kind] ?? `${kind.replaceAll('_', ' ')}:`;
  return `${title} ${what}${tags.length ? `: ${tags.join(', ')}` : ''}`.trim();
}

/** The page of what a notification is about; empty: it has none. */
export function targetOf({ kind, metadata }: Notification): string {
  if (kind === 'org_team_invite') return `/confirminvite?code=${encodeURIComponent(textOf(metadata.code))}`;
  if (kind === 'service_key_submitted') return '/superuser/keys';
  if (kind === 'assigned_authorization') return '/updateuser?tab=applications';
  const repository = textOf(metadata.repository);
  return repository.includes('/') ? addressOf(repository, 'tags') : '';
}
