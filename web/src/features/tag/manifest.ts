// What the text of a manifest or of an image's configuration tells. It was pushed by somebody: nothing is taken for given.

export interface Platform {
  digest: string;
  size: number;
  name: string;
}

export interface ImageConfig {
  platform: string;
  created: string;
  user: string;
  workingDirectory: string;
  entrypoint: string[];
  command: string[];
  environment: string[];
  ports: string[];
  volumes: string[];
}

type Json = Record<string, unknown>;

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function parsed(text: string | undefined): Json {
  try {
    return objectOf(JSON.parse(text ?? ''));
  } catch {
    return {};
  }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
const textsOf = (value: unknown) =>
  Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];

/** The entries of an index; attestations, which BuildKit puts in as "unknown/unknown", are left out. */
export function platformsOf(manifest: string): Platform[] {
  const entries = parsed(manifest).manifests;
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((value: unknown) => {
    const entry = objectOf(value);
    const platform = objectOf(entry.platform);
    const digest = textOf(entry.digest);
    if (!digest || platform.os === 'unknown') return [];
    const name = [platform.os, platform.architecture, platform.variant].map(textOf).filter(Boolean).join('/');
    return [{ digest, size: typeof entry.size === 'number' ? entry.size : 0, name: name || 'no platform' }];
  });
}

export function configOf(text: string | undefined): ImageConfig | undefined {
  if (!text) return undefined;
  const image = parsed(text);
  const config = objectOf(image.config);
  return {
    platform: [image.os, image.architecture, image.variant].map(textOf).filter(Boolean).join('/'),
    created: textOf(image.created),
    user: textOf(config.User),
    workingDirectory: textOf(config.WorkingDir),
    entrypoint: textsOf(config.Entrypoint),
    command: textsOf(config.Cmd),
    environment: textsOf(config.Env),
    ports: Object.keys(objectOf(config.ExposedPorts)),
    volumes: Object.keys(objectOf(config.Volumes)),
  };
}

/** A build step as people wrote it: without the shell that BuildKit and Docker put around it. */
export function stepText(command: string[] | null | undefined): string {
  return (command ?? [])
    .join(' ')
    .replace(/^\/bin\/sh -c #\(nop\)\s*/, '')
    .replace(/^(?:RUN )?\/bin\/sh -c /, 'RUN ')
    .replace(/\s*# buildkit$/, '')
    .trim();
}
