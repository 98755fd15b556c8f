// Every page and every dialog, light and dark, wide and narrow: axe finds nothing serious, nothing sticks out.
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { expectGoodManners, shot, signIn, useBrowser, type Server, type View } from './harness';
import { everyStop } from './pages';
import { startWorld, world } from './world';

const browser = useBrowser();
let server: Server;
beforeAll(async () => {
  server = await startWorld();
});
afterAll(() => server.stop());

const sights: [string, View][] = [
  ['wide and light', {}],
  ['narrow and dark', { width: 390, height: 844, dark: true }],
];

describe.each(sights)('%s', (sight, view) => {
  let signedIn: BrowserContext;
  let anonymous: BrowserContext;
  beforeAll(async () => {
    const page = await browser.open(server, view);
    await signIn(page);
    signedIn = page.context();
    anonymous = (await browser.open(server, view)).context();
  });
  afterAll(async () => {
    await signedIn.close();
    await anonymous.close();
  });

  it.each(everyStop(world))('$name is fit for everybody', async (stop) => {
    const page = await browser.another(stop.anonymous ? anonymous : signedIn);
    await page.goto(stop.path);
    await page.getByRole('heading').first().waitFor();
    await stop.open?.(page);
    await expectGoodManners(page);
    await shot(page, `${stop.name}-${sight.replaceAll(' ', '-')}`);
    await page.close();
  });
});
