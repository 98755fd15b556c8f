import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectGoodManners, expectNoComplaints, password, Server, shot, signIn, useBrowser, views } from './harness';

const browser = useBrowser();

describe('a new registry', () => {
  it.each(views)('makes its first user and signs them in (%s)', async (name, view) => {
    const server = await Server.start();
    const page = await browser.open(server, view);
    await page.goto('/');
    await page.waitForURL('**/setup');
    await page.getByRole('heading', { name: 'Make the first user' }).waitFor();
    await expectGoodManners(page);
    await shot(page, `setup-${name}`);
    await page.getByLabel('User name').fill('alice');
    await page.getByLabel(/^Password/).fill(password);
    await page.getByRole('button', { name: 'Make the user' }).click();
    await page.waitForURL('**/repository');
    await page.getByRole('heading', { name: 'Repositories', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Account alice' }).waitFor();
    await expectGoodManners(page);
    await shot(page, `first-${name}`);
    await server.stop();
  });

  it('says why a user was refused, and keeps the input', async () => {
    const server = await Server.start();
    const page = await browser.open(server);
    await page.goto('/setup');
    await page.getByLabel('User name').fill('alice');
    await page.getByLabel(/^Password/).fill('short');
    await page.getByRole('button', { name: 'Make the user' }).click();
    await page.getByText(/password/i).filter({ hasText: /8/ }).first().waitFor();
    expect(await page.getByLabel('User name').inputValue()).toBe('alice');
    expectNoComplaints(page);
    await server.stop();
  });
});

describe('a session', () => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.start();
    await server.initialize();
  });
  afterAll(() => server.stop());

  it('begins with a password, leads back to where one wanted to go, and ends', async () => {
    const page = await browser.open(server);
    await page.goto('/notifications');
    await page.waitForURL('**/signin?redirect=*');
    await expectGoodManners(page);
    await page.getByLabel('User name or e-mail').fill('admin');
    await page.getByLabel(/^Password/).fill('wrong-password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText(/invalid username or password/i).first().waitFor();
    expect(await page.getByLabel('User name or e-mail').inputValue()).toBe('admin');
    // Whoever failed must wait a little; the page says so, and the input stays.
    await page.getByLabel(/^Password/).fill(password);
    for (let tries = 0; tries < 20 && !page.url().endsWith('/notifications'); ++tries) {
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/notifications', { timeout: 2000 }).catch(() => undefined);
    }
    // Nothing of a token where scripts of others could read it; the cookie is the server's alone.
    expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]))).toBe(
      '[{},{},""]',
    );
    const cookies = await page.context().cookies();
    expect(cookies.map((cookie) => [cookie.httpOnly, cookie.sameSite])).toEqual([[true, 'Lax']]);
    await page.getByRole('button', { name: 'Account admin' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL('**/signin');
    await page.goto('/notifications');
    await page.waitForURL('**/signin?redirect=*');
    expectNoComplaints(page);
  });

  it('begins with less than 300 kB of scripts, and each page brings its own', async () => {
    const page = await browser.open(server);
    const kinds = () =>
      page.evaluate(() => {
        const scripts = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')) as PerformanceResourceTiming[];
        return { bytes: scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0), count: scripts.length };
      });
    await signIn(page);
    await page.goto('/repository');
    await page.getByRole('heading', { name: 'Repositories', level: 1 }).waitFor();
    const first = await kinds();
    expect(first.bytes).toBeGreaterThan(50_000);
    expect(first.bytes).toBeLessThan(300_000);
    await page.getByRole('link', { name: 'Organizations' }).click();
    await page.getByRole('heading', { name: 'Organizations', level: 1 }).waitFor();
    expect((await kinds()).count).toBeGreaterThan(first.count);
  });

  it('is for somebody who made an account, too', async () => {
    const page = await browser.open(server);
    await page.goto('/signin');
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('User name').fill('bob');
    await page.getByLabel('E-mail').fill('bob@example.com');
    await page.getByLabel(/^Password/).fill(password);
    await expectGoodManners(page);
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.waitForURL('**/repository');
    await page.getByRole('button', { name: 'Account bob' }).waitFor();
    expectNoComplaints(page);
  });

  it('of another tab does not confuse this one', async () => {
    const page = await browser.open(server);
    await signIn(page);
    const other = await page.context().newPage();
    await other.goto('/repository');
    await other.getByRole('button', { name: 'Account admin' }).click();
    await other.getByRole('menuitem', { name: 'Sign out' }).click();
    await other.waitForURL('**/signin');
    await signIn(other);
    // This page still has the CSRF token of the session before.
    await page.getByRole('button', { name: 'Account admin' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL('**/signin');
  });

  it('has its pages at hand on a phone, too', async () => {
    const page = await browser.open(server, { width: 390, height: 844 });
    await signIn(page);
    const navigation = page.getByRole('button', { name: 'Navigation' });
    const entry = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Search' });
    expect(await entry.count()).toBe(0);
    await navigation.click();
    await expect.poll(async () => (await entry.boundingBox())?.x ?? -1, { timeout: 30_000 }).toBeGreaterThanOrEqual(0);
    await expectGoodManners(page);
    await shot(page, 'navigation-phone');
    await page.keyboard.press('Escape');
    await expect.poll(() => entry.count(), { timeout: 30_000 }).toBe(0);
    await navigation.click();
    await entry.click();
    await page.getByRole('heading', { name: 'Search', level: 1 }).waitFor();
    await expect.poll(() => entry.count(), { timeout: 30_000 }).toBe(0);
    expectNoComplaints(page);
  });

  it('keeps the theme that was chosen', async () => {
    const page = await browser.open(server);
    await signIn(page);
    await page.getByRole('button', { name: 'Theme' }).click();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Theme' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.className)).toContain('pf-v6-theme-dark');
    expect(await page.evaluate(() => ({ ...localStorage }))).toEqual({ 'wharf-theme': 'dark' });
  });
});

describe('addresses', () => {
  it('of the UI get its page; unknown ones and the API’s stay unknown', async () => {
    const server = await Server.start();
    await server.initialize();
    for (const path of ['/', '/signin', '/repository', '/repository/a/b/c', '/organization/acme', '/superuser/users']) {
      const answer = await fetch(server.url + path);
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, 200, 'text/html; charset=utf-8']);
      expect(answer.headers.get('cache-control')).toBe('no-cache');
      expect(answer.headers.get('content-security-policy')).not.toContain('unsafe');
    }
    const page = await (await fetch(`${server.url}/`)).text();
    const script = /src="(\/ui\/assets\/[^"]+\.js)"/.exec(page)?.[1] ?? '';
    for (const encoding of ['gzip', 'identity']) {
      const answer = await fetch(server.url + script, { headers: { 'Accept-Encoding': encoding } });
      expect(answer.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(await answer.text()).toContain('react');
    }
    for (const path of ['/nothing', '/api/v1/nothing', '/v2/nothing', '/ui/nothing', '/ui/assets/nothing.js']) {
      expect((await fetch(server.url + path)).status).toBe(404);
    }
    await server.stop();
  });
});
