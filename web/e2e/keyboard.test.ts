// The keyboard alone: from signing in to a dialog and back.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectNoComplaints, password, Server, signIn, useBrowser } from './harness';

const browser = useBrowser();
let server: Server;
beforeAll(async () => {
  server = await Server.start();
  await server.initialize();
  server.push(['app:v1', 'some:a', 'some:b', 'some:c'].map((name) => ({ kind: 'small', target: `admin/${name}` })));
});
afterAll(() => server.stop());

interface Focus {
  id: string;
  role: string;
  name: string;
  /** The browser draws a frame around it, and it is on the screen. */
  visible: boolean;
}

function focus(page: Page): Promise<Focus> {
  return page.evaluate(() => {
    const element = document.activeElement ?? document.body;
    const box = element.getBoundingClientRect();
    return {
      id: element.id,
      role: element.getAttribute('role') ?? element.tagName.toLowerCase(),
      name: (element.getAttribute('aria-label') ?? element.textContent ?? '').trim(),
      visible:
        element.matches(':focus-visible') &&
        getComputedStyle(element).outlineStyle !== 'none' &&
        box.width > 0 &&
        box.bottom > 0 &&
        box.top < window.innerHeight,
    };
  });
}

/** Presses `key` until the focus is on what is wanted; wherever it is on the way, it is seen. */
async function goTo(page: Page, role: string, name: string | RegExp, key = 'Tab'): Promise<void> {
  const way: string[] = [];
  for (let step = 0; step < 60; ++step) {
    await page.keyboard.press(key);
    const at = await focus(page);
    way.push(`${at.role} ${at.name.slice(0, 30)}`);
    if (at.role !== 'body') expect(at).toMatchObject({ visible: true });
    if (at.role === role && (typeof name === 'string' ? at.name === name : name.test(at.name))) return;
  }
  throw new Error(`${role} ${String(name)} is not on the way: ${way.join(', ')}`);
}

const expectFocus = (page: Page, wanted: Partial<Focus>) =>
  expect.poll(() => focus(page), { timeout: 30_000 }).toMatchObject({ ...wanted, visible: true });

it('a repository is opened, looked at and administered without a mouse', async () => {
  const page = await browser.open(server);
  await page.goto('/signin');
  await expectFocus(page, { id: 'username' });
  await page.keyboard.type('admin');
  await page.keyboard.press('Tab');
  await page.keyboard.type(password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/repository');
  // Not lost with the form that is gone.
  await expectFocus(page, { id: 'main' });

  // From the start of the page the masthead can be left out.
  await page.reload();
  await page.getByRole('link', { name: 'admin/app' }).waitFor();
  await page.keyboard.press('Tab');
  await expectFocus(page, { role: 'a', name: 'Skip to content' });
  await page.keyboard.press('Enter');
  await expectFocus(page, { id: 'main' });

  // A dialog: opened, kept in, left.
  await goTo(page, 'button', 'Create a repository');
  await page.keyboard.press('Enter');
  await expectFocus(page, { id: 'create-name' });
  for (let step = 0; step < 12; ++step) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null)).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expectFocus(page, { role: 'button', name: 'Create a repository' });

  // Another page.
  await goTo(page, 'a', 'admin/app');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'admin/app', level: 1 }).waitFor();
  await expectFocus(page, { id: 'main' });

  // Its tabs.
  await goTo(page, 'tab', 'Information');
  await page.keyboard.press('ArrowLeft');
  await expectFocus(page, { role: 'tab', name: 'Settings' });
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expectFocus(page, { role: 'tab', name: 'Tags' });
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.searchParams.get('tab') === 'tags');
  await page.getByRole('link', { name: 'v1', exact: true }).waitFor();
  await expectFocus(page, { role: 'tab', name: 'Tags' });

  // A menu: left, then a dialog out of it.
  await goTo(page, 'button', 'Actions for v1');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Pull commands' }).waitFor();
  await goTo(page, 'menuitem', 'Set expiry', 'ArrowDown');
  await page.keyboard.press('Escape');
  await expectFocus(page, { role: 'button', name: 'Actions for v1' });
  await page.getByRole('menuitem').first().waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Pull commands' }).waitFor();
  await goTo(page, 'menuitem', 'Pull commands', 'ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await expectFocus(page, { role: 'button', name: 'Close' });
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expectFocus(page, { role: 'button', name: 'Actions for v1' });
  expectNoComplaints(page);
});

/** The focus is on what stands there instead of the list, and on no more than that. */
const expectEmpty = (page: Page, words: string) =>
  expect
    .poll(() => page.evaluate(() => document.activeElement?.id !== 'main' && document.activeElement?.textContent), { timeout: 30_000 })
    .toContain(words);

/** Deletes what has the focus on its menu, by the keyboard alone. */
async function deleteHere(page: Page): Promise<void> {
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Pull commands' }).waitFor();
  await goTo(page, 'menuitem', 'Delete', 'ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await goTo(page, 'button', 'Delete');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

it('whoever deletes a row goes on beside it', async () => {
  const page = await browser.open(server);
  await signIn(page, 'admin', '/repository/admin/some?tab=tags');
  await page.getByRole('button', { name: 'Actions for c' }).waitFor();
  // The newest stands first: c, b, a.
  await page.getByRole('button', { name: 'Actions for b' }).focus();
  await deleteHere(page);
  await expectFocus(page, { role: 'button', name: 'Actions for a' });
  await deleteHere(page);
  await expectFocus(page, { role: 'button', name: 'Actions for c' });
  await deleteHere(page);
  await expectEmpty(page, 'There are no tags yet');

  // What is chosen with the boxes and deleted above the table leaves the focus where it was.
  await page.getByRole('tab', { name: 'Tag history' }).click();
  await page.getByRole('button', { name: /^Restore a / }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'Tags' }).click();
  await page.getByRole('checkbox', { name: 'Select a', exact: true }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).focus();
  await page.keyboard.press('Enter');
  await goTo(page, 'button', 'Delete');
  await page.keyboard.press('Enter');
  await page.getByText('There are no tags yet').waitFor();
  await expectFocus(page, { role: 'button', name: 'Delete' });
  expectNoComplaints(page);
});

it('whoever makes the first of a list goes on in the page', async () => {
  const page = await browser.open(server);
  await signIn(page, 'admin', '/user/admin?tab=tokens');
  await page.getByRole('button', { name: 'Create an app token' }).focus();
  await page.keyboard.press('Enter');
  await expectFocus(page, { id: 'token-title' });
  await page.keyboard.type('laptop');
  await page.keyboard.press('Enter');
  await page.getByText('shown this once').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest('#main') !== null), { timeout: 30_000 }).toBe(true);
  // One out of the list, and the list says that it is empty.
  await page.getByRole('button', { name: 'Actions for laptop' }).focus();
  await page.keyboard.press('Enter');
  await goTo(page, 'menuitem', 'Revoke', 'ArrowDown');
  await page.keyboard.press('Enter');
  await expectFocus(page, { id: 'confirm-name' });
  await page.keyboard.type('laptop');
  await page.keyboard.press('Enter');
  await expectEmpty(page, 'No app tokens yet');
  expectNoComplaints(page);
});

it('the password that is asked for once more is left alone, and what was typed below it stays', async () => {
  const page = await browser.open(server);
  await signIn(page, 'admin', '/superuser/users');
  await page.route('**/api/v1/superuser/users/', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 401, contentType: 'application/json', body: '{"error_type": "fresh_login_required"}' })
      : route.fallback(),
  );
  await page.getByRole('button', { name: 'Create a user' }).click();
  await page.locator('#user-name').fill('carol');
  await page.keyboard.press('Enter');
  await expectFocus(page, { id: 'fresh-password' });
  await page.keyboard.press('Escape');
  await page.locator('#fresh-password').waitFor({ state: 'detached' });
  expect(await page.locator('#user-name').inputValue()).toBe('carol');
});
