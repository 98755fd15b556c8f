import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { action, button, dialog } from './administration';
import { expectGoodManners, expectNoComplaints, password, Server, signIn, useBrowser } from './harness';

const browser = useBrowser();
let server: Server;

beforeAll(async () => {
  server = await Server.start({ FEATURE_USER_METADATA: true });
  await server.initialize();
  server.user('bob');
});
afterAll(() => server.stop());

async function signsIn(username: string, secret: string): Promise<boolean> {
  const answer = await fetch(`${server.url}/v2/auth?service=${server.host}`, {
    headers: { Authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}` },
  });
  return answer.ok;
}

describe('an account', () => {
  it('has app tokens, which are shown once and taken back', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/updateuser?tab=tokens');
    await page.waitForURL('**/user/admin?tab=tokens');
    await button(page, 'Create an app token').click();
    await page.locator('#token-title').fill('laptop');
    await button(page, 'Create the token').click();
    const token = await page.getByRole('textbox', { name: 'Token' }).inputValue();
    await page.getByText('shown this once').waitFor();
    await expectGoodManners(page);
    expect(await signsIn('$app', token)).toBe(true);
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await action(page, 'laptop', 'Revoke');
    await page.locator('#confirm-name').fill('laptop');
    await dialog(page).getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('No app tokens yet').waitFor();
    expect(await signsIn('$app', token)).toBe(false);
    expectNoComplaints(page);
  });

  it('has a profile, an encrypted password, and robots', async () => {
    const page = await browser.open(server);
    await signIn(page, 'admin', '/updateuser');
    await page.locator('#company').fill('Acme');
    await button(page, 'Save').click();
    await page.getByText('Your profile is saved').waitFor();
    await page.reload();
    await page.locator('#company').waitFor();
    expect(await page.locator('#company').inputValue()).toBe('Acme');
    await button(page, 'Make an encrypted password').click();
    await page.locator('#present-password').fill('wrong-password');
    await button(page, 'Make it').click();
    await dialog(page).locator('.pf-m-danger').first().waitFor();
    await page.waitForTimeout(1000); // a wrong password costs half a second
    await page.locator('#present-password').fill(password);
    await button(page, 'Make it').click();
    const secret = await page.getByRole('textbox', { name: 'Token' }).inputValue();
    expect(await signsIn('admin', secret)).toBe(true);
    await dialog(page).getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('tab', { name: 'Robots' }).click();
    await button(page, 'Create a robot').click();
    await page.locator('#robot-name').fill('ci');
    await button(page, 'Create the robot').click();
    expect(await signsIn('admin+ci', await page.getByRole('textbox', { name: 'Token' }).inputValue())).toBe(true);
    expectNoComplaints(page);
  });

  it('gets a new password, and ends by its name', async () => {
    const page = await browser.open(server);
    await signIn(page, 'bob', '/updateuser');
    await page.locator('#new-password').fill('another-password-1');
    await page.locator('#new-password-again').fill('another-password-2');
    await button(page, 'Change the password').click();
    await page.getByText('The two passwords are not the same.').waitFor();
    await page.locator('#new-password-again').fill('another-password-1');
    await button(page, 'Change the password').click();
    await page.getByText('The password is changed').waitFor();
    expect(await signsIn('bob', 'another-password-1')).toBe(true);
    await button(page, 'Delete the account').click();
    await page.locator('#confirm-name').fill('bob');
    await dialog(page).getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL('**/signin');
    expect(await signsIn('bob', 'another-password-1')).toBe(false);
    expectNoComplaints(page);
  });
});
