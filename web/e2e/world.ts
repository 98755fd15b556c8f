// A server with some of everything that the UI shows.
import { importFeeds } from './feeds';
import { Server } from './harness';
import type { World } from './pages';

export const world: World = {
  repository: 'acme/app',
  tag: 'v2',
  other: 'v1',
  index: 'acme/app/tag/multi',
  team: 'devs',
  application: 'Deployer',
  user: 'admin',
};

export async function startWorld(): Promise<Server> {
  const server = await Server.start({ FEATURE_IMMUTABLE_TAGS: true, FEATURE_SUPERUSER_CONFIGDUMP: true });
  await server.initialize();
  importFeeds(server);
  for (const name of ['ada', 'bob']) server.user(name);
  await server.api('POST', '/organization/', { name: 'acme', email: 'acme@example.com' });
  const digests = server.push([
    { kind: 'debian', target: 'acme/app:v1', packages: { openssl: '3.0.8-1', zlib1g: '1:1.2.13-1' }, text: 'one' },
    { kind: 'debian', target: 'acme/app:v2', packages: { openssl: '3.0.11-1', curl: '7.88-1' }, labels: { 'org.example.team': 'harbour' }, text: 'two' },
    { kind: 'platforms', target: 'acme/app:multi' },
    { kind: 'small', target: 'acme/app:old' },
    { kind: 'small', target: 'admin/tool:v1' },
    { kind: 'broken', target: 'acme/broken:v1' },
  ]);
  const subject = `acme/app@${digests['acme/app:v2']}`;
  server.push([{ kind: 'attached', target: 'signature', subject, form: 'tag', type: 'application/vnd.dev.cosign.simplesigning.v1+json' }]);
  const app = '/repository/acme/app';
  await server.api('DELETE', `${app}/tag/old`);
  await server.api('PUT', app, { description: '# Ships\n\nRun *them*.\n\n| Ship | Ready |\n|---|---|\n| Ann | yes |\n\n```sh\nrun\n```\n\n- [x] rigged' });
  await server.api('POST', `${app}/manifest/${digests['acme/app:v2']}/labels`, { key: 'stage', value: 'production', media_type: null });
  await server.api('PUT', '/organization/acme/team/devs', { role: 'creator', description: 'Those who build' });
  await server.api('PUT', '/organization/acme/team/devs/members/ada');
  await server.api('PUT', '/organization/acme/robots/ci', { description: 'The pipeline' });
  await server.api('PUT', '/user/robots/laptop', {});
  await server.api('PUT', `${app}/permissions/team/devs`, { role: 'write' });
  await server.api('PUT', `${app}/permissions/user/acme+ci`, { role: 'read' });
  await server.api('PUT', `${app}/permissions/user/bob`, { role: 'read' });
  await server.api('POST', '/organization/acme/prototypes', { role: 'read', delegate: { name: 'devs', kind: 'team' } });
  await server.api('POST', '/organization/acme/immutabilitypolicy/', { tagPattern: '^v9', tagPatternMatches: true });
  const { client_id } = await server.api<{ client_id: string }>('POST', '/organization/acme/applications', { name: 'Deployer', description: 'Rolls out' });
  await server.api('POST', `/organization/acme/applications/${client_id}/tokens`, { name: 'cluster', scope: 'repo:read' });
  await server.api('POST', `${app}/notification/`, {
    event: 'repo_push',
    method: 'quay_notification',
    config: { target: { name: 'admin', kind: 'user' } },
    eventConfig: {},
    title: 'Tell me',
  });
  server.push([{ kind: 'small', target: 'acme/app:v3', text: 'three' }]);
  await server.api('POST', '/user/apptoken', { title: 'laptop' });
  await server.api('POST', '/superuser/keys', { service: 'builder', expiration: null, name: 'The builder' });
  await server.api('POST', '/messages', { message: { content: 'Down on Sunday', media_type: 'text/plain', severity: 'warning' } });
  await server.api('POST', '/user/starred', { namespace: 'acme', repository: 'app' });
  return server;
}
