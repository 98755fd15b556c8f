import { expect, it } from 'vitest';
import { pullCommands } from './pull';

const digest = `sha256:${'a'.repeat(64)}`;

it('commands name the image and skip TLS only where there is none', () => {
  const plain = pullCommands('127.0.0.1:8080', false, 'acme/team/app', 'v1', digest).map((entry) => entry.command);
  expect(plain).toEqual([
    'podman pull --tls-verify=false 127.0.0.1:8080/acme/team/app:v1',
    'docker pull 127.0.0.1:8080/acme/team/app:v1',
    'skopeo copy --src-tls-verify=false docker://127.0.0.1:8080/acme/team/app:v1 oci:app:v1',
    `podman pull --tls-verify=false 127.0.0.1:8080/acme/team/app@${digest}`,
  ]);
  const secure = pullCommands('quay.example', true, 'acme/app', '', digest).map((entry) => entry.command);
  expect(secure.join('\n')).not.toContain('verify');
  expect(secure[0]).toBe(`podman pull quay.example/acme/app@${digest}`);
});
