import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { action, button, dialog } from './administration';
import { expectGoodManners, expectNoComplaints, Server, shot, signIn, useBrowser, views } from './harness';

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

  it.each(views)('has pages that are fit to be seen (%s)', async (name, view) => {
    const page = await browser.open(server, view);
    await signIn(page, 'admin', '/overview');
    for (const path of ['overview', ...['users', 'organizations', 'keys', 'messages', 'logs', 'registry'].map((tab) => `superuser/${tab}`)]) {
      await page.goto(`/${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expectGoodManners(page);
      await shot(page, `${path.replace('/', '-')}-${name}`);
    }
  });
});
