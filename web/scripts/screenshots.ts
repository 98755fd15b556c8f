// Pictures of a running server with images in it:
//   WHARF_URL=http://127.0.0.1:8080 WHARF_USER=… WHARF_PASSWORD=… npm run screenshots -- namespace/repository tag older-tag
// writes those of docs/images. To look at the whole UI, ALL=FOLDER writes every page and dialog (e2e/pages.ts) there
// instead, as high as it is, in each of four views (1440×900 and 390×844, light and dark); ONLY takes those whose name
// it matches, WORLD=team,application,namespace/repository/tag/tag names what the pages below need: a team and an
// application of the namespace, a tag of several platforms. Nothing is changed on the server.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { everyStop } from '../e2e/pages';

const url = process.env.WHARF_URL ?? 'http://127.0.0.1:8080';
const user = process.env.WHARF_USER ?? '';
const [repository = '', tag = 'latest', other = tag] = process.argv.slice(2);
const kDocs = join(new URL('.', import.meta.url).pathname, '../../docs/images');
const kDesktop = { width: 1280, height: 800 };
const kTall = { width: 1280, height: 1300 };
const kPhone = { width: 390, height: 844 };

async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  while (await page.locator('[aria-busy="true"]').count()) await page.waitForTimeout(50);
}

interface View {
  name: string;
  size: { width: number; height: number };
  dark: boolean;
}

async function pageOf(browser: Browser, view: View, signedIn: boolean): Promise<Page> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: view.size,
    reducedMotion: 'reduce',
    colorScheme: view.dark ? 'dark' : 'light',
  });
  const page = await context.newPage();
  if (signedIn) {
    await page.goto('/signin');
    await page.locator('#username').fill(user);
    await page.locator('#password').fill(process.env.WHARF_PASSWORD ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((address) => address.pathname !== '/signin');
  }
  return page;
}

async function docs(browser: Browser): Promise<void> {
  mkdirSync(kDocs, { recursive: true });
  const shots: [string, string, { width: number; height: number }, boolean][] = [
    ['overview', '/overview', kTall, false],
    ['repositories', '/repository', kDesktop, false],
    ['tags', `/repository/${repository}?tab=tags`, kDesktop, false],
    ['vulnerabilities', `/repository/${repository}/tag/${other}?tab=securityreport`, kDesktop, true],
    ['compare', `/repository/${repository}?tab=compare&from=${other}&to=${tag}`, kDesktop, false],
    ['phone', `/repository/${repository}/tag/${tag}`, kPhone, false],
  ];
  const page = await pageOf(browser, { name: '', size: kDesktop, dark: false }, true);
  for (const [name, path, viewport, dark] of shots) {
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
    await page.setViewportSize(viewport);
    await page.goto(path);
    await settled(page);
    await page.screenshot({ path: join(kDocs, `${name}.png`) });
    console.log(`docs/images/${name}.png`);
  }
}

/** As high as what is in it: the page scrolls inside of its frame, a dialog inside of its own. */
async function whole(page: Page, size: View['size']): Promise<void> {
  const hidden = await page.evaluate(() => {
    const frames = [...document.querySelectorAll('.pf-v6-c-modal-box__body')];
    const scrolled = frames.length ? frames : [...document.querySelectorAll('#main, html')];
    return Math.max(0, ...scrolled.map((frame) => frame.scrollHeight - frame.clientHeight));
  });
  // A dialog may take only a part of the window.
  if (hidden > 0) await page.setViewportSize({ width: size.width, height: Math.min(size.height + Math.ceil(hidden * 1.4), 6000) });
}

async function all(browser: Browser, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const views: View[] = [false, true].flatMap((dark) => [
    { name: `desktop-${dark ? 'dark' : 'light'}`, size: { width: 1440, height: 900 }, dark },
    { name: `phone-${dark ? 'dark' : 'light'}`, size: kPhone, dark },
  ]);
  const [team = '', application = '', index = ''] = (process.env.WORLD ?? '').split(',');
  const stops = everyStop({ repository, tag, other, user, team, application, index });
  const only = new RegExp(process.env.ONLY ?? '');
  for (const view of views) {
    for (const anonymous of [true, false]) {
      const wanted = stops.filter((stop) => (stop.anonymous ?? false) === anonymous && only.test(stop.name));
      if (wanted.length === 0) continue;
      const session = await pageOf(browser, view, !anonymous);
      for (const stop of wanted) {
        const page = await session.context().newPage();
        page.setDefaultTimeout(5000);
        try {
          await page.goto(stop.path);
          await settled(page);
          await stop.open?.(page);
          await settled(page);
        } catch (error) {
          console.log(`${stop.name} (${view.name}): ${String(error).split('\n')[0]}`);
        }
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) console.log(`${stop.name} (${view.name}) is ${wide} pixels too wide`);
        // Menus close when the window changes.
        if (!stop.name.includes('menu')) await whole(page, view.size);
        await page.screenshot({ path: join(folder, `${stop.name}-${view.name}.png`) });
        await page.close();
      }
      await session.context().close();
    }
  }
  console.log(folder);
}

async function main(): Promise<void> {
  if (!repository) throw new Error('usage: npm run screenshots -- namespace/repository tag [older tag]');
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  if (process.env.ALL) await all(browser, process.env.ALL);
  else await docs(browser);
  await browser.close();
}

await main();
