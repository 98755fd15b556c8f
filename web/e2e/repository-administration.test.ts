import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { action, button, dialog } from './administration';
import { expectGoodManners, expectNoComplaints, Server, signIn, useBrowser } from './harness';

const browser = useBrowser();
let server: Server;

beforeAll(async () => {
  server = await Server.start({ FEATURE_IMMUTABLE_TAGS: true });
  await server.initialize();
  server.user('bob');
  await server.api('POST', '/organization/', { name: 'acme', email: 'acme@example.com' });
  await server.api('PUT', '/organization/acme/team/builders', { role: 'member' });
  server.push([
    { kind: 'small', target: 'acme/web:v1' },
    { kind: 'small', target: 'acme/old:v1' },
  ]);
});
afterAll(() => server.stop());

describe('a repository', () => {
  it('is opened to users and teams, and closed again', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/repository/acme/web?tab=permissions');
    for (const [typed, found, role] of [
      ['bob', /^bob/i, 'write'],
      ['build', /builders/, 'read'],
    ] as const) {
      await button(page, 'Add a permission').click();
      await page.locator('#permission-to').fill(typed);
      await dialog(page).locator('.wharf-found').getByRole('button', { name: found }).click();
      await page.locator('#permission-role').selectOption(role);
      await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
      await dialog(page).waitFor({ state: 'detached' });
    }
    await page.getByLabel('Role of builders').selectOption('admin');
    await page.getByText('The role of builders is changed').waitFor();
    const { permissions } = await server.api<{ permissions: Record<string, { role: string }> }>(
      'GET',
      '/repository/acme/web/permissions/user/',
    );
    expect(permissions['bob']?.role).toBe('write');
    await action(page, 'bob', 'Take away');
    await page.getByLabel('Role of bob').waitFor({ state: 'detached' });
    await button(page, 'Undo').click();
    await page.getByLabel('Role of bob').waitFor();
    expect(await page.getByLabel('Role of bob').inputValue()).toBe('write');
    await expectGoodManners(page);
  });

  it('tells people of what happens in it', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/repository/acme/web?tab=notifications');
    await button(page, 'Create a notification').click();
    await page.locator('#event').selectOption('vulnerability_found');
    await page.locator('#level').selectOption('0');
    await page.locator('#method').selectOption('webhook');
    await page.locator('#url').fill('http://localhost/hook');
    await button(page, 'Create the notification').click();
    await dialog(page).locator('.pf-m-danger').first().waitFor();
    expect(await page.locator('#url').inputValue()).toBe('http://localhost/hook');
    await page.locator('#event').selectOption('repo_push');
    await page.locator('#method').selectOption('quay_notification');
    await page.locator('#target').fill('admin');
    await dialog(page).locator('.wharf-found').getByRole('button', { name: /admin/ }).click();
    await page.locator('#title').fill('Tell me');
    await expectGoodManners(page);
    await button(page, 'Create the notification').click();
    await page.getByText('In-app notification to admin').waitFor();
    await action(page, 'Tell me', 'Send a test');
    await page.getByText('A test is on its way').waitFor();
    await action(page, 'Tell me', 'Delete');
    await page.locator('#confirm-name').fill('Tell me');
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Nobody is told').waitFor();
    expectNoComplaints(page);
  });

  it('has settings and policies, and is deleted by its name', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/repository/acme/old?tab=settings');
    await page.locator('#description').fill('What was');
    await page.locator('#visibility').selectOption('public');
    await page.locator('#state').selectOption('READ_ONLY');
    await button(page, 'Save').click();
    await page.getByText('The settings are saved').waitFor();
    const stored = await server.api<Record<string, unknown>>('GET', '/repository/acme/old');
    expect([stored.description, stored.is_public, stored.state]).toEqual(['What was', true, 'READ_ONLY']);
    await button(page, 'Create a policy').click();
    await page.locator('#policy-pattern').fill('^v[0-9]');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('that match', { exact: true }).waitFor();
    await expectGoodManners(page);
    await action(page, '^v[0-9]', 'Delete');
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No policy').waitFor();
    await page.locator('#state').selectOption('NORMAL');
    await button(page, 'Save').click();
    await page.getByText('Read-only', { exact: true }).waitFor({ state: 'detached' });
    await button(page, 'Delete the repository').click();
    await page.locator('#confirm-name').fill('acme/old');
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL('**/repository');
    expectNoComplaints(page);
  });
});
