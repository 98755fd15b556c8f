import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { action, button, dialog } from './administration';
import { importFeeds } from './feeds';
import { expectGoodManners, expectNoComplaints, Server, shot, signIn, useBrowser } from './harness';

const browser = useBrowser();
let server: Server;

beforeAll(async () => {
  server = await Server.start({ FEATURE_SUPERUSER_CONFIGDUMP: true });
  await server.initialize();
  server.user('bob');
  await server.api('POST', '/organization/', { name: 'acme', email: 'acme@example.com' });
  server.push([
    { kind: 'small', target: 'acme/web:v1' },
    { kind: 'small', target: 'admin/tool:v1', text: 'x'.repeat(5000) },
  ]);
});
afterAll(() => server.stop());

describe('a superuser', () => {
  it('makes, changes, disables and deletes users', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/superuser');
    await button(page, 'Create a user').click();
    await page.locator('#user-name').fill('carol');
    await page.locator('#user-email').fill('carol@example.com');
    await button(page, 'Create the user').click();
    await page.getByRole('textbox', { name: 'Token' }).waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await action(page, 'carol', 'Change the e-mail');
    await page.locator('#user-value').fill('c@example.com');
    await button(page, 'Save').click();
    await page.getByText('c@example.com').waitFor();
    await action(page, 'carol', 'Disable');
    await page.getByRole('row').filter({ hasText: 'carol' }).getByText('Disabled').waitFor();
    await action(page, 'carol', 'Delete');
    await page.locator('#confirm-name').fill('carol');
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('link', { name: 'carol' }).waitFor({ state: 'detached' });
    await expectGoodManners(page);
  });

  it('renames organizations', async () => {
    const page = await browser.open(server);
    await server.api('POST', '/organization/', { name: 'initech', email: 'i@example.com' });
    await signIn(page, 'admin', '/superuser/organizations');
    await action(page, 'initech', 'Rename');
    await page.locator('#organization-name').fill('initrode');
    await button(page, 'Rename').click();
    await page.getByRole('link', { name: 'initrode' }).waitFor();
    await action(page, 'initrode', 'Delete');
    await page.locator('#confirm-name').fill('initrode');
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('link', { name: 'initrode' }).waitFor({ state: 'detached' });
    expectNoComplaints(page);
  });

  it('makes service keys', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/superuser/keys');
    await button(page, 'Create a service key').first().click();
    await page.locator('#key-service').fill('builder');
    await page.locator('#key-name').fill('The builder');
    await button(page, 'Create the key').click();
    await page.getByText('BEGIN').first().waitFor();
    await expectGoodManners(page);
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await action(page, 'The builder', 'Delete');
    await page.locator('#confirm-name').fill('The builder');
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('row').filter({ hasText: 'The builder' }).waitFor({ state: 'detached' });
    expectNoComplaints(page);
  });

  it('approves a key that a service brings', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { e = '', kty = '', n = '' } = publicKey.export({ format: 'jwk' });
    const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url'); // RFC 7638
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const signed = `${part({ alg: 'RS256', kid, typ: 'JWT' })}.${part({ iss: 'clair', aud: server.url, iat: now, nbf: now, exp: now + 60 })}`;
    const token = `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
    const answer = await fetch(`${server.url}/keys/services/clair/keys/${kid}`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ e, kty, n, kid, alg: 'RS256', use: 'sig' }),
    });
    expect(answer.status).toBe(202);
    const page = await browser.open(server);
    await signIn(page, 'admin', '/notifications');
    await page.getByRole('link', { name: 'A service key waits for approval: clair' }).click();
    await page.getByText('Awaits approval').waitFor();
    await action(page, 'clair', 'Approve');
    await page.getByRole('row').filter({ hasText: 'clair' }).getByText('By admin').waitFor();
    await expectGoodManners(page);
    expect((await fetch(`${server.url}/keys/services/clair/keys/${kid}`)).status).toBe(200);
  });

  it('takes an organization over', async () => {
    await server.api('POST', '/organization/', { name: 'orphan', email: 'orphan@example.com' });
    server.user('dora', true);
    const page = await browser.open(server);
    await signIn(page, 'dora', '/superuser/organizations');
    await action(page, 'orphan', 'Take ownership');
    await page.getByText('You own orphan now').waitFor();
    await page.getByRole('link', { name: 'orphan' }).click();
    await page.getByRole('tab', { name: 'Settings' }).waitFor();
    await page.getByRole('tab', { name: 'Members' }).click();
    await page.getByRole('row').filter({ hasText: 'dora' }).waitFor();
    await expectGoodManners(page);
  });

  it('sees what the scanner does, what failed, and how old its knowledge is', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/superuser/scanner');
    await page.getByText('No feeds yet').waitFor();
    importFeeds(server);
    server.push([{ kind: 'broken', target: 'acme/broken:v1' }]);
    await page.reload();
    await page.getByRole('grid', { name: 'Feeds' }).getByText('debian-tracker').waitFor();
    await page.getByRole('grid', { name: 'Failures' }).getByRole('link', { name: 'acme/broken' }).waitFor();
    await expectGoodManners(page);
    await shot(page, 'scanner');
    await page.getByRole('grid', { name: 'Failures' }).getByRole('link', { name: /sha256/ }).click();
    await page.getByRole('tab', { name: 'Vulnerabilities' }).click();
    await page.getByText('The image could not be looked into').waitFor();
    await expectGoodManners(page);
    await page.goto('/repository/acme/broken?tab=tags');
    await page.getByText('scan failed').waitFor({ state: 'attached' });
    expectNoComplaints(page);
  });

  it('tells everybody something', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/superuser/messages');
    await button(page, 'Create a message').click();
    await page.locator('#message').fill('Down on Sunday');
    await page.locator('#severity').selectOption('warning');
    await button(page, 'Publish').click();
    await page.locator('.pf-v6-c-banner').filter({ hasText: 'Down on Sunday' }).waitFor();
    await expectGoodManners(page);
    const other = await browser.open(server);
    await signIn(other, 'bob', '/overview');
    await other.locator('.pf-v6-c-banner').filter({ hasText: 'Down on Sunday' }).waitFor();
    await other.getByText('You have no repositories yet').waitFor();
    await expectGoodManners(other);
    await other.goto('/superuser');
    await other.getByText('This is for superusers.').waitFor();
    await action(page, 'Down on Sunday', 'Delete');
    await page.getByText('No messages').waitFor();
    expectNoComplaints(page);
  });

  it('counts the registry', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/superuser/registry');
    await button(page, 'Count now').click();
    await page.getByText('not counted yet').waitFor({ state: 'detached' });
    expect(await page.locator('.wharf-facts').innerText()).toMatch(/\d+(\.\d)? (B|KiB|MiB)/);
    await page.goto('/overview');
    await page.getByRole('table', { name: 'Storage by namespace' }).getByRole('link', { name: 'acme' }).waitFor();
    await page.getByRole('table', { name: 'Findings by severity' }).waitFor();
    await page.getByRole('img', { name: /Pushes and pulls/ }).waitFor();
    expectNoComplaints(page);
  });
});
