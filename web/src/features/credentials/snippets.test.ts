import { expect, it } from 'vitest';
import { dockerConfig, kubernetesSecret, plainName, shellWord, snippetsOf } from './snippets';

const credentials = { username: 'acme+deploy', password: 'SECRET', host: 'r.example.com' };

it('the configuration file of clients has the credentials in its own coding', () => {
  const { auths } = JSON.parse(dockerConfig(credentials)) as { auths: Record<string, { auth: string }> };
  expect(atob(auths['r.example.com']?.auth ?? '')).toBe('acme+deploy:SECRET');
});

it('the secret for Kubernetes has that file inside and a name that clusters accept', () => {
  const text = kubernetesSecret(credentials);
  expect(text).toContain('name: acme-deploy-pull-secret\n');
  expect(atob(/dockerconfigjson: (\S+)/.exec(text)?.[1] ?? '')).toBe(dockerConfig(credentials));
});

it('words are quoted for a shell where they must be', () => {
  expect([shellWord('acme+deploy'), shellWord('$app'), shellWord("it's")]).toEqual(['acme+deploy', "'$app'", "'it'\\''s'"]);
  expect(snippetsOf({ ...credentials, username: '$app' })[0]?.text).toBe("podman login -u '$app' -p SECRET r.example.com");
});

it('names become what files may be called', () => {
  expect([plainName('Acme_x+deploy'), plainName('$app'), plainName('$$')]).toEqual(['acme-x-deploy', 'app', 'registry']);
});
