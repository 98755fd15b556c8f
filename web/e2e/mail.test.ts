// What is mailed: invitations, ways back in, links to exported logs. Each link leads to a page that works.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { button, dialog } from './administration';
import { expectGoodManners, expectNoComplaints, password, Server, shot, signIn, useBrowser, views } from './harness';
import { linkIn, MailSink } from './mail';

const browser = useBrowser();
let sink: MailSink;
let server: Server;

beforeAll(async () => {
  sink = await MailSink.start();
  server = await Server.start({
    ...sink.settings,
    SERVER_HOSTNAME: 'registry.example.com',
    FEATURE_MAILING: true,
    FEATURE_REQUIRE_TEAM_INVITE: true,
  });
  await server.initialize();
  server.user('bob');
  server.user('carol');
  await server.api('POST', '/organization/', { name: 'acme', email: 'acme@example.com' });
  await server.api('PUT', '/organization/acme/team/devs', { role: 'member' });
});
afterAll(async () => {
  await server.stop();
  sink.stop();
});

it('whoever is invited by their name accepts where the notification leads', async () => {
  const page = await browser.open(server);
  await signIn(page, 'admin', '/organization/acme?tab=teams&team=devs');
  await button(page, 'Add a member').click();
  await page.locator('#member').fill('bob');
  await page.getByRole('button', { name: 'bob' }).click();
  await dialog(page).getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('row').filter({ hasText: 'bob' }).getByText('Invited').waitFor();
  const bob = await browser.open(server);
  await signIn(bob, 'bob', '/notifications');
  await bob.getByRole('link', { name: 'admin invites you to the team devs of acme' }).click();
  await bob.getByText('You are signed in as').waitFor();
  await expectGoodManners(bob);
  await button(bob, 'Join the team').click();
  await bob.waitForURL('**/organization/acme');
  await bob.getByRole('heading', { name: 'acme', level: 1 }).waitFor();
  expectNoComplaints(page);
});

it('whoever is invited by mail makes an account and is in the team', async () => {
  const page = await browser.open(server);
  await signIn(page, 'admin', '/organization/acme?tab=teams&team=devs');
  await button(page, 'Invite by e-mail').click();
  await page.locator('#invite-email').fill('new@example.org');
  await button(page, 'Invite').click();
  await page.getByRole('row').filter({ hasText: 'new@example.org' }).waitFor();
  const mail = await sink.to('new@example.org');
  expect(mail.subject).toBe('Invitation to the team devs of acme');
  const guest = await browser.open(server);
  await guest.goto(linkIn(mail, '/confirminvite'));
  await expectGoodManners(guest);
  await guest.getByRole('link', { name: 'Create an account' }).click();
  await guest.getByLabel('User name').fill('newcomer');
  await guest.getByLabel('E-mail').fill('new@example.org');
  await guest.getByLabel(/^Password/).fill(password);
  await button(guest, 'Create the account').click();
  await guest.waitForURL('**/repository');
  await guest.goto('/organization');
  await guest.getByRole('link', { name: 'acme' }).waitFor();
  expectNoComplaints(guest);
});

it.each(views)('an invitation that is no longer good says so, and can be left (%s)', async (name, view) => {
  const page = await browser.open(server, view);
  await page.goto('/confirminvite?code=urn:teaminvite:00000000-0000-0000-0000-000000000000');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByLabel('User name or e-mail').fill('bob');
  await page.getByLabel(/^Password/).fill(password);
  await button(page, 'Sign in').click();
  await page.waitForURL('**/confirminvite?code=*');
  await button(page, 'Decline').click();
  await page.locator('.pf-v6-c-alert').waitFor();
  await expectGoodManners(page);
  await shot(page, `invitation-${name}`);
  await page.getByRole('link', { name: 'Answer later' }).click();
  await page.waitForURL('**/repository');
});

it('a forgotten password is set anew by a link', async () => {
  const page = await browser.open(server);
  await page.goto('/signin');
  await page.getByRole('link', { name: 'Forgot the password?' }).click();
  await page.getByLabel('E-mail').fill('carol@example.com');
  await expectGoodManners(page);
  await button(page, 'Send the link').click();
  await page.getByRole('heading', { name: 'Check your mail' }).waitFor();
  const link = linkIn(await sink.to('carol@example.com'), '/recovery');
  await page.goto(link);
  await page.waitForURL('**/user/carol?tab=settings&action=password');
  await page.getByText('You are signed in by the link').waitFor();
  await page.getByLabel('New password').fill('another-horse-battery');
  await page.getByLabel('Again').fill('another-horse-battery');
  await button(page, 'Change the password').click();
  await page.getByText('The password is changed').waitFor();
  await expectGoodManners(page);

  // Once: whoever follows it again is told so, and how to go on.
  const again = await browser.open(server);
  await again.goto(link);
  await again.getByText('The link is no longer good').waitFor();
  await expectGoodManners(again);
  await again.getByRole('link', { name: 'Ask for a new one' }).click();
  await again.getByRole('heading', { name: 'Forgot the password?' }).waitFor();
});

it('a log is exported, and the link to it is mailed', async () => {
  const page = await browser.open(server);
  await signIn(page, 'admin', '/organization/acme?tab=logs');
  await button(page, 'Export').click();
  await page.locator('#export-to').fill('auditor@example.org');
  await expectGoodManners(page);
  await dialog(page).getByRole('button', { name: 'Export' }).click();
  await page.getByText('The log is being exported').waitFor();
  const link = linkIn(await sink.to('auditor@example.org'), '/export');
  const answer = await fetch(server.url + link);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('org_create');
  expectNoComplaints(page);
});
