import { expect, it } from 'vitest';
import { configOf, platformsOf, stepText } from './manifest';

it('an index tells its platforms, and nothing else is taken for one', () => {
  const index = {
    manifests: [
      { digest: 'sha256:1', size: 5, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      { digest: 'sha256:2', platform: { os: 'unknown', architecture: 'unknown' } },
      { digest: 'sha256:3', size: 'x' },
      'nonsense',
    ],
  };
  expect(platformsOf(JSON.stringify(index))).toEqual([
    { digest: 'sha256:1', size: 5, name: 'linux/arm64/v8' },
    { digest: 'sha256:3', size: 0, name: 'no platform' },
  ]);
  expect(platformsOf('{"manifests": 3}')).toEqual([]);
  expect(platformsOf('not json')).toEqual([]);
});

it('a configuration is read as far as it is one', () => {
  const config = configOf(
    JSON.stringify({ os: 'linux', architecture: 'amd64', config: { Env: ['A=1', 2], ExposedPorts: { '80/tcp': {} }, Cmd: 'x' } }),
  );
  expect(config).toMatchObject({ platform: 'linux/amd64', environment: ['A=1'], ports: ['80/tcp'], command: [] });
  expect(configOf(undefined)).toBeUndefined();
});

it.each([
  [['/bin/sh -c #(nop)  CMD ["bash"]'], 'CMD ["bash"]'],
  [['/bin/sh -c apt-get update'], 'RUN apt-get update'],
  [['RUN /bin/sh -c make # buildkit'], 'RUN make'],
  [['COPY . /srv # buildkit'], 'COPY . /srv'],
  [null, ''],
])('the step %j is shown as %s', (command, text) => expect(stepText(command)).toBe(text));
