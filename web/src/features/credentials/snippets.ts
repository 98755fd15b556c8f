// Ready-made ways to sign in with the name and token of a robot, or an app token.

export interface Credentials {
  /** "acme+deploy", or a user's name (app tokens: "$app"). */
  username: string;
  password: string;
  /** "registry.example.com:8443" */
  host: string;
}

export interface Snippet {
  id: string;
  title: string;
  text: string;
  about: string;
  /** Name of the file to save it as. */
  file?: string;
}

/** A word for a shell, quoted where it must be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A name that files and Kubernetes accept: "acme-deploy". */
export function plainName(username: string): string {
  return username.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'registry';
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** ~/.docker/config.json of one registry. */
export function dockerConfig({ username, password, host }: Credentials): string {
  return `${JSON.stringify({ auths: { [host]: { auth: base64(`${username}:${password}`) } } }, null, 2)}\n`;
}

/** A pull secret for a cluster. */
export function kubernetesSecret(credentials: Credentials): string {
  return [
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    `  name: ${plainName(credentials.username)}-pull-secret`,
    'data:',
    `  .dockerconfigjson: ${base64(dockerConfig(credentials))}`,
    'type: kubernetes.io/dockerconfigjson',
    '',
  ].join('\n');
}

export function snippetsOf(credentials: Credentials): Snippet[] {
  const { username, password, host } = credentials;
  const login = (program: string) => `${program} login -u ${shellWord(username)} -p ${shellWord(password)} ${host}`;
  const name = plainName(username);
  return [
    { id: 'podman', title: 'Podman', text: login('podman'), about: 'Signs Podman in.' },
    { id: 'docker', title: 'Docker', text: login('docker'), about: 'Signs Docker in.' },
    { id: 'skopeo', title: 'Skopeo', text: login('skopeo'), about: 'Signs Skopeo in.' },
    {
      id: 'config',
      title: 'config.json',
      text: dockerConfig(credentials),
      about: 'Save it as ~/.docker/config.json, or add its entry to the one that is there.',
      file: `${name}-config.json`,
    },
    {
      id: 'kubernetes',
      title: 'Kubernetes',
      text: kubernetesSecret(credentials),
      about: `Apply it with kubectl apply -f ${name}-secret.yml, and name it in imagePullSecrets.`,
      file: `${name}-secret.yml`,
    },
  ];
}
