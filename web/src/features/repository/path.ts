// Addresses of repositories are Quay's: /repository/<namespace>/<name>, with /tag/<tag> or /manifest/<digest> behind.
// A name may have several segments, and these may be called "tag": an address with `tab` in its query is always of the
// repository itself, and addressOf() puts it there where it would be read otherwise.

export interface RepositoryAddress {
  /** "namespace/name", the name with its slashes. */
  repository: string;
  tag?: string;
  digest?: string;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** What an address below /repository/ is of; nothing when it has no namespace or no name. */
export function parseAddress(rest: string, hasTab: boolean): RepositoryAddress | undefined {
  const segments = rest.split('/').filter(Boolean).map(decoded);
  if (segments.length < 2) return undefined;
  const kind = segments[segments.length - 2];
  const last = segments[segments.length - 1];
  if (!hasTab && segments.length >= 4 && (kind === 'tag' || kind === 'manifest') && last) {
    const repository = segments.slice(0, -2).join('/');
    if (kind === 'tag') return { repository, tag: last };
    if (/^[a-z0-9]+:[0-9a-f]+$/.test(last)) return { repository, digest: last };
  }
  return { repository: segments.join('/') };
}

const encoded = (name: string) => name.split('/').map(encodeURIComponent).join('/');

/** Whether the address of a repository needs its tab in it, for it would be read as a tag's or a manifest's. */
export function isAmbiguous(repository: string): boolean {
  return parseAddress(encoded(repository), false)?.repository !== repository;
}

/** The address of a repository, or of its `tab`. */
export function addressOf(repository: string, tab?: string): string {
  const path = `/repository/${encoded(repository)}`;
  if (tab || isAmbiguous(repository)) return `${path}?tab=${encodeURIComponent(tab ?? 'information')}`;
  return path;
}

export function tagAddress(repository: string, tag: string): string {
  return `/repository/${encoded(repository)}/tag/${encodeURIComponent(tag)}`;
}

export function manifestAddress(repository: string, digest: string): string {
  return `/repository/${encoded(repository)}/manifest/${digest}`;
}
