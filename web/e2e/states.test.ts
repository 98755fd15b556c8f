// Pages whose answers fail, are long in coming, or say that there is nothing.
import type { Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectGoodManners, expectNoComplaints, Server, shot, signIn, useBrowser } from './harness';
import { everyStop } from './pages';
import { startWorld, world } from './world';

const browser = useBrowser();

/** What the frames around pages and around their tabs ask for themselves. */
const kFrame = /^\/api\/v1\/(user\/$|setup|messages|user\/notifications|repository\/acme\/app$|organization\/acme$)/;
/** Pages that ask for nothing of their own, or whose refusal is what they show. */
const kWithout = /nothing|none|^invitation|^search$|^organizations$|^user-(settings|recovered)|^notifications$|^superuser-messages$|^organization-teams$/;
const pages = everyStop(world).filter((stop) => !stop.anonymous && !stop.open && !kWithout.test(stop.name));

/** Has every question that a page asks answered by `how`, until it is called off. */
async function intercept(page: Page, how: (route: Route) => Promise<void>): Promise<() => Promise<void>> {
  await page.unrouteAll();
  const asked = (url: URL) => url.pathname.startsWith('/api/v1/') && !kFrame.test(url.pathname);
  const handler = (route: Route) => (route.request().method() === 'GET' ? how(route) : route.fallback());
  await page.route(asked, handler);
  return () => page.unroute(asked, handler);
}

describe('a page', () => {
  let server: Server;
  let page: Page;
  beforeAll(async () => {
    server = await startWorld();
    page = await browser.open(server);
    await page.addInitScript(() => {
      const seen = window as unknown as { shifts: number; shifted: string[] };
      seen.shifts = 0;
      seen.shifted = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as unknown as { value: number; sources: { node?: Element }[] }[]) {
          seen.shifts += entry.value;
          seen.shifted.push(...entry.sources.map(({ node }) => `${entry.value.toFixed(3)} ${node?.className || node?.nodeName}`));
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });
    await signIn(page);
  });
  afterAll(() => server.stop());

  it.each(pages)('$name says what failed, and asks again', async (stop) => {
    const words = 'The database did not answer.';
    const restore = await intercept(page, (route) =>
      route.fulfill({ status: 500, contentType: 'application/json', body: JSON.stringify({ status: 500, detail: words }) }),
    );
    await page.goto(stop.path);
    await page.getByText(words).first().waitFor();
    await shot(page, `${stop.name}-failed`);
    await expectGoodManners(page);
    await restore();
    const again = page.getByRole('button', { name: 'Try again' });
    for (let left = await again.count(); left > 0; left = await again.count()) {
      await again.first().click();
      await expect.poll(() => again.count(), { timeout: 30_000 }).toBeLessThan(left);
    }
    await expect.poll(() => page.getByText(words).count(), { timeout: 30_000 }).toBe(0);
    await page.getByRole('heading', { level: 1 }).waitFor();
  });

  it.each(pages)('$name keeps its place while it waits', async (stop) => {
    const waiting: Route[] = [];
    let open = false;
    const restore = await intercept(page, async (route) => {
      if (open) await route.fallback();
      else waiting.push(route);
    });
    await page.goto(stop.path);
    await page.locator('[aria-busy="true"]').first().waitFor();
    await shot(page, `${stop.name}-slow`);
    open = true;
    for (const route of waiting) await route.fallback();
    await expect.poll(() => page.locator('[aria-busy="true"]').count(), { timeout: 30_000 }).toBe(0);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await restore();
    const { shifts, shifted } = await page.evaluate(() => {
      const seen = window as unknown as { shifts: number; shifted: string[] };
      return { shifts: seen.shifts, shifted: seen.shifted };
    });
    // What counts as good among the web's vitals.
    expect(shifts, shifted.join('\n')).toBeLessThan(0.1);
    expectNoComplaints(page);
  });
});

describe('a list of nothing', () => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.start({ FEATURE_IMMUTABLE_TAGS: true });
    await server.initialize();
    server.user('bob');
    await server.api('POST', '/organization/', { name: 'acme', email: 'acme@example.com' });
    await server.api('POST', '/repository', { namespace: 'acme', repository: 'empty', visibility: 'private', description: '' });
  });
  afterAll(() => server.stop());

  /** Where there is nothing, and what is said of what to do. */
  const said: [string, string, string | RegExp][] = [
    ['bob', '/repository', 'Push an image, and its repository is here.'],
    ['bob', '/repository?show=starred', 'The star beside a repository puts it here.'],
    ['bob', '/repository?q=nothing', 'Clear the filters'],
    ['bob', '/overview', 'You have no repositories yet'],
    ['bob', '/organization', 'Create an organization'],
    ['bob', '/notifications', 'Nothing new'],
    ['bob', '/user/bob?tab=repositories', 'Push an image, and its repository is here.'],
    ['bob', '/user/bob?tab=robots', 'Create a robot'],
    ['bob', '/user/bob?tab=tokens', 'Create an app token'],
    ['bob', '/user/bob?tab=applications', 'No application acts for you'],
    ['admin', '/repository/acme/empty', 'Push the first image'],
    ['admin', '/repository/acme/empty?tab=tags', 'Push an image, and it is here.'],
    ['admin', '/repository/acme/empty?tab=history', 'Each push, move and deletion of a tag is kept here.'],
    ['admin', '/repository/acme/empty?tab=compare', 'There is nothing to compare yet'],
    ['admin', '/repository/acme/empty?tab=notifications', 'Create a notification'],
    ['admin', '/repository/acme/empty?tab=logs&from=2020-01-01&to=2020-01-02', 'Choose other days above.'],
    ['admin', '/organization/acme?tab=robots', 'Create a robot'],
    ['admin', '/organization/acme?tab=permissions', 'Create a default permission'],
    ['admin', '/organization/acme?tab=applications', 'Create an application'],
    ['admin', '/superuser/keys', 'Create a service key'],
    ['admin', '/superuser/messages', 'Create a message'],
    ['admin', '/superuser/scanner', 'wharf vulndb update --from FOLDER'],
    ['admin', '/overview', 'Nothing is stored yet.'],
  ];

  it('says what to do', async () => {
    for (const who of ['bob', 'admin']) {
      const page = await browser.open(server);
      await signIn(page, who);
      for (const [, path, words] of said.filter(([reader]) => reader === who)) {
        await page.goto(path);
        await page.locator('#main').getByText(words).first().waitFor();
        await expectGoodManners(page);
        await shot(page, `empty-${path.replace(/\W+/g, '-')}`);
      }
    }
  });
});
