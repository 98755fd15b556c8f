import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { action, button, dialog } from './administration';
import { expectGoodManners, expectNoComplaints, Server, shot, signIn, useBrowser } from './harness';

const browser = useBrowser();
let server: Server;

beforeAll(async () => {
  server = await Server.start({ FEATURE_IMMUTABLE_TAGS: true });
  await server.initialize();
  server.user('bob');
  await server.api('POST', '/organization/', { name: 'acme', email: 'acme@example.com' });
  server.push([{ kind: 'small', target: 'acme/web:v1' }]);
  await server.api('PUT', '/organization/acme/team/readers', { role: 'member', description: 'May pull' });
  await server.api('PUT', '/organization/acme/robots/ci', { description: 'The pipeline' });
});
afterAll(() => server.stop());

describe('an organization', () => {
  it('is made, given settings, and deleted by its name', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/organization');
    await button(page, 'Create an organization').click();
    await page.getByLabel('Name *').fill('acme');
    await button(page, 'Create the organization').click();
    await dialog(page).getByText(/already/i).waitFor();
    expect(await page.getByLabel('Name *').inputValue()).toBe('acme');
    await page.getByLabel('Name *').fill('globex');
    await button(page, 'Create the organization').click();
    await page.waitForURL('**/organization/globex');
    await page.getByText('No repositories').waitFor();
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page.getByLabel('E-mail').fill('all@globex.example');
    await button(page, 'Save').click();
    await page.getByText('The settings are saved').waitFor();
    await button(page, 'Create a policy').click();
    await page.locator('#policy-pattern').fill('^v');
    await dialog(page).getByRole('button', { name: 'Save' }).click();
    await page.getByText('that match').waitFor();
    await expectGoodManners(page);
    await button(page, 'Delete the organization').click();
    expect(await dialog(page).getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
    await page.locator('#confirm-name').fill('globex');
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL('**/organization');
    await page.getByRole('link', { name: 'acme' }).waitFor();
    expectNoComplaints(page);
  });

  it('has teams, whose members come and go', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/organization/acme?tab=teams');
    await button(page, 'Create a team').click();
    await page.locator('#team-name').fill('builders');
    await page.locator('#team-role').selectOption('creator');
    await button(page, 'Create the team').click();
    await page.getByRole('link', { name: 'builders' }).click();
    await button(page, 'Add a member').click();
    await page.locator('#member').fill('bo');
    await page.getByRole('button', { name: 'bob' }).click();
    await expectGoodManners(page);
    await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('row').filter({ hasText: 'bob' }).waitFor();
    await action(page, 'bob', 'Remove from the team');
    await page.getByText('Nobody is in this team').waitFor();
    await button(page, 'Undo').click();
    await page.getByRole('row').filter({ hasText: 'bob' }).waitFor();
    await page.getByRole('link', { name: 'All teams' }).click();
    await action(page, 'builders', 'Delete');
    await page.locator('#confirm-name').fill('builders');
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('link', { name: 'builders' }).waitFor({ state: 'detached' });
    expectNoComplaints(page);
  });

  it('has robots with ready-made ways to sign in', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/organization/acme?tab=robots');
    await button(page, 'Create a robot').click();
    await page.locator('#robot-name').fill('deploy');
    await button(page, 'Create the robot').click();
    await page.getByRole('textbox', { name: 'User name' }).waitFor();
    const token = await page.getByRole('textbox', { name: 'Token' }).inputValue();
    expect(await page.locator('#snippet code').innerText()).toBe(`podman login -u acme+deploy -p ${token} ${server.host}`);
    await page.getByRole('tab', { name: 'Kubernetes' }).click();
    await expectGoodManners(page);
    await shot(page, 'robot-secret');
    const saved = page.waitForEvent('download');
    await button(page, 'Download').click();
    expect((await saved).suggestedFilename()).toBe('acme-deploy-secret.yml');
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    // What the dialog shows is good for a sign-in.
    const answer = await fetch(`${server.url}/v2/auth?service=${server.host}`, {
      headers: { Authorization: `Basic ${Buffer.from(`acme+deploy:${token}`).toString('base64')}` },
    });
    expect(answer.status).toBe(200);
    await action(page, 'acme+deploy', 'Permissions');
    await page.locator('#robot-repository').fill('we');
    await button(page, 'Let it read web').click();
    await dialog(page).getByRole('link', { name: 'acme/web' }).waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await action(page, 'acme+deploy', 'Regenerate');
    await page.locator('#confirm-name').fill('acme+deploy');
    await dialog(page).getByRole('button', { name: 'Regenerate' }).click();
    await page.getByRole('textbox', { name: 'Token' }).waitFor();
    expect(await page.getByRole('textbox', { name: 'Token' }).inputValue()).not.toBe(token);
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await action(page, 'acme+deploy', 'Delete');
    await page.locator('#confirm-name').fill('acme+deploy');
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await button(page, 'acme+deploy').waitFor({ state: 'detached' });
    expectNoComplaints(page);
  });

  it('has repositories, which are made and sorted there', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/organization/acme');
    await button(page, 'Create a repository').click();
    await page.locator('#create-name').fill('backend');
    await dialog(page).getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('heading', { name: 'acme/backend', level: 1 }).waitFor();
    await page.goto('/organization/acme');
    const first = page.getByRole('row').nth(1);
    await page.getByRole('button', { name: 'Name' }).click();
    await first.getByRole('link', { name: 'acme/backend' }).waitFor();
    await page.getByRole('button', { name: 'Name' }).click();
    await first.getByRole('link', { name: 'acme/web' }).waitFor();
    await page.reload(); // the address has the order
    await first.getByRole('link', { name: 'acme/web' }).waitFor();
    await expectGoodManners(page);
  });

  it('gives roles in new repositories by default', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/organization/acme?tab=permissions');
    await button(page, 'Create a default permission').click();
    await page.locator('#default-to').fill('read');
    await page.getByRole('button', { name: /readers/ }).click();
    await page.locator('#default-role').selectOption('write');
    await button(page, 'Create').click();
    await page.getByLabel('Role of readers').selectOption('admin');
    await expectGoodManners(page);
    await action(page, 'readers', 'Delete');
    await page.getByText('No default permissions').waitFor();
    expectNoComplaints(page);
  });

  it('has applications, whose tokens are shown once', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/organization/acme?tab=applications');
    await button(page, 'Create an application').click();
    await page.locator('#application-name').fill('Dashboard');
    await button(page, 'Create the application').click();
    await page.getByRole('link', { name: 'Dashboard' }).click();
    await button(page, 'Create a token').click();
    await page.locator('#token-name').fill('screens');
    await page.getByLabel('Read repositories').check();
    await expectGoodManners(page);
    await button(page, 'Create the token').click();
    const token = await page.getByRole('textbox', { name: 'The new token' }).inputValue();
    const answer = await fetch(`${server.url}/api/v1/repository/acme/web`, { headers: { Authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(200);
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await page.getByText('screens').waitFor();
    await button(page, 'Reset the client secret').click();
    await page.locator('#confirm-name').fill(await dialog(page).locator('strong').innerText());
    await dialog(page).getByRole('button', { name: 'Reset' }).click();
    await page.getByRole('textbox', { name: 'The new client secret' }).waitFor();
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await action(page, 'screens', 'Revoke');
    await page.locator('#confirm-name').fill('screens');
    await dialog(page).getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('No tokens yet').waitFor();
    expectNoComplaints(page);
  });

  it('tells what happened, by day and one by one', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/organization/acme?tab=logs');
    await page.getByText('Pushed v1 to web').waitFor();
    await page.getByRole('img', { name: /What happened from/ }).waitFor();
    await page.locator('#log-from').fill('2001-01-01');
    await page.getByText('At most 30 days').waitFor();
    expectNoComplaints(page);
  });
});
