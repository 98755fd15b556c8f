// Pictures for README and docs/, of a running server with images in it:
//   WHARF_URL=http://127.0.0.1:8080 WHARF_USER=… WHARF_PASSWORD=… npm run screenshots -- namespace/repository tag other-tag
// Writes docs/images/*.png. Nothing is changed on the server.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

const url = process.env.WHARF_URL ?? 'http://127.0.0.1:8080';
const [repository = '', tag = 'latest', other = tag] = process.argv.slice(2);
const images = join(new URL('.', import.meta.url).pathname, '../../docs/images');
const kDesktop = { width: 1280, height: 800 };
const kPhone = { width: 390, height: 844 };

async function settled(page: Page): Promise<void> {
  await page.waitForSelector('[aria-busy="true"]', { state: 'detached' });
  await page.waitForLoadState('networkidle');
}

async function main(): Promise<void> {
  if (!repository) throw new Error('usage: npm run screenshots -- namespace/repository tag [other tag]');
  mkdirSync(images, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  const context = await browser.newContext({ baseURL: url, viewport: kDesktop, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto('/signin');
  await page.locator('#username').fill(process.env.WHARF_USER ?? '');
  await page.locator('#password').fill(process.env.WHARF_PASSWORD ?? '');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((address) => address.pathname !== '/signin');
  const shots: [string, string, { width: number; height: number }, boolean][] = [
    ['repositories', '/repository', kDesktop, false],
    ['tags', `/repository/${repository}?tab=tags`, kDesktop, false],
    ['vulnerabilities', `/repository/${repository}/tag/${tag}?tab=securityreport`, kDesktop, true],
    ['compare', `/repository/${repository}?tab=compare&from=${other}&to=${tag}`, kDesktop, false],
    ['phone', `/repository/${repository}/tag/${tag}`, kPhone, false],
  ];
  for (const [name, path, viewport, dark] of shots) {
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
    await page.setViewportSize(viewport);
    await page.goto(path);
    await settled(page);
    await page.screenshot({ path: join(images, `${name}.png`) });
    console.log(`docs/images/${name}.png`);
  }
  await browser.close();
}

await main();
