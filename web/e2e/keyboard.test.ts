// The keyboard alone: from signing in to a dialog and back.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectNoComplaints, password, Server, useBrowser } from './harness';

const browser = useBrowser();
let server: Server;
beforeAll(async () => {
  server = await Server.start();
  await server.initialize();
  server.push([{ kind: 'small', target: 'admin/app:v1' }]);
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
  await goTo(page, 'button', 'Actions');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Pull commands' }).waitFor();
  await goTo(page, 'menuitem', 'Set expiry', 'ArrowDown');
  await page.keyboard.press('Escape');
  await expectFocus(page, { role: 'button', name: 'Actions' });
  await page.getByRole('menuitem').first().waitFor({ state: 'detached' });
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Pull commands' }).waitFor();
  await goTo(page, 'menuitem', 'Pull commands', 'ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await expectFocus(page, { role: 'button', name: 'Close' });
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await expectFocus(page, { role: 'button', name: 'Actions' });
  expectNoComplaints(page);
});
