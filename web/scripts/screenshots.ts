// Pictures of a running server with images in it:
//   WHARF_URL=http://127.0.0.1:8080 WHARF_USER=… WHARF_PASSWORD=… npm run screenshots -- namespace/repository tag other-tag
// writes those of docs/images. To look at the whole UI, ALL=FOLDER writes every page there instead, in each of four views
// (1440×900 and 390×844, light and dark); ONLY=word takes those with this in their name. Nothing is changed on the server.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

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
    ['vulnerabilities', `/repository/${repository}/tag/${tag}?tab=securityreport`, kDesktop, true],
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

/** Every page: its name, its address. */
function everyPage(): { anonymous: [string, string][]; signedIn: [string, string][] } {
  const namespace = repository.split('/')[0] ?? '';
  const tabs = (name: string, path: string, ids: string[]) => ids.map((id): [string, string] => [`${name}-${id}`, `${path}${id}`]);
  const image = `/repository/${repository}/tag/${tag}`;
  return {
    anonymous: [
      ['signin', '/signin'],
      ['createaccount', '/createaccount?code=x'],
      ['forgot', '/forgot'],
      ['invitation-anonymous', '/confirminvite?code=x'],
      ['repositories-anonymous', '/repository'],
      ['repository-anonymous', `/repository/${repository}`],
    ],
    signedIn: [
      ['overview', '/overview'],
      ['repositories', '/repository?sort=name'],
      ['repositories-starred', '/repository?show=starred'],
      ['repositories-new', '/repository?new=1'],
      ...tabs('repository', `/repository/${repository}?tab=`, ['information', 'tags', 'history', 'permissions', 'notifications', 'logs', 'settings']),
      ['repository-compare', `/repository/${repository}?tab=compare&from=${other}&to=${tag}`],
      ...tabs('tag', `${image}?tab=`, ['details', 'layers', 'securityreport', 'packages', 'referrers']),
      ['tag-none', `/repository/${repository}/tag/nothing`],
      ['search', '/search'],
      ['search-name', `/search?q=${namespace}`],
      ['search-package', '/search?q=openssl'],
      ['search-vulnerability', '/search?q=CVE-2023-0464'],
      ['notifications', '/notifications'],
      ['invitation', '/confirminvite?code=x'],
      ['organizations', '/organization'],
      ...tabs('organization', `/organization/${namespace}?tab=`, ['repositories', 'teams', 'members', 'robots', 'permissions', 'applications', 'logs', 'settings']),
      ['organization-team', `/organization/${namespace}?tab=teams&team=developers`],
      ...tabs('user', `/user/${user}?tab=`, ['repositories', 'robots', 'tokens', 'applications', 'logs', 'settings']),
      ...tabs('superuser', '/superuser/', ['users', 'organizations', 'keys', 'messages', 'logs', 'scanner', 'registry']),
      ['nothing', '/repository/nobody/nothing'],
    ],
  };
}

async function all(browser: Browser, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const views: View[] = [false, true].flatMap((dark) => [
    { name: `desktop-${dark ? 'dark' : 'light'}`, size: { width: 1440, height: 900 }, dark },
    { name: `phone-${dark ? 'dark' : 'light'}`, size: kPhone, dark },
  ]);
  const pages = everyPage();
  for (const view of views) {
    for (const [signedIn, list] of [[false, pages.anonymous], [true, pages.signedIn]] as const) {
      const wanted = list.filter(([name]) => name.includes(process.env.ONLY ?? ''));
      if (wanted.length === 0) continue;
      const page = await pageOf(browser, view, signedIn);
      for (const [name, path] of wanted) {
        await page.goto(path);
        await settled(page);
        await page.screenshot({ path: join(folder, `${name}-${view.name}.png`) });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wide > 0) console.log(`${name} (${view.name}) is ${wide} pixels too wide`);
      }
      await page.context().close();
    }
  }
  console.log(folder);
}

async function main(): Promise<void> {
  if (!repository) throw new Error('usage: npm run screenshots -- namespace/repository tag [other tag]');
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  if (process.env.ALL) await all(browser, process.env.ALL);
  else await docs(browser);
  await browser.close();
}

await main();
