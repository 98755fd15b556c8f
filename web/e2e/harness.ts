// A real server and a real browser for the flows.
import axe from 'axe-core';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';

const root = join(new URL('.', import.meta.url).pathname, '../..');
const binary = process.env.WHARF ?? join(root, 'build/release/wharf');

export const password = 'correct-horse-battery';

/** What push() makes: see push.py. */
export type Image =
  | { kind: 'small'; target: string; text?: string }
  | { kind: 'platforms' | 'broken'; target: string }
  | { kind: 'attached'; target: string; subject: string; form: 'subject' | 'tag'; type: string }
  | { kind: 'debian'; target: string; packages: Record<string, string>; text?: string; labels?: Record<string, string> };

/** Those that nobody has stopped yet: a test that fails leaves its own behind. */
const running = new Set<Server>();

/** A server on a free port with a data folder of its own; `settings` are configuration keys. */
export class Server {
  url = '';
  /** The token of the user that initialize() made. */
  token = '';
  private constructor(
    readonly folder: string,
    private readonly process: ChildProcess,
  ) {}

  static async start(settings: Record<string, unknown> = {}): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), 'wharf-flow-'));
    if (Object.keys(settings).length) writeFileSync(join(folder, 'config.yaml'), JSON.stringify(settings));
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('WHARF_')));
    const child = spawn(binary, ['serve', '--data', folder, '--listen', '127.0.0.1:0'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const server = new Server(folder, child);
    running.add(server);
    process.once('exit', () => child.kill('SIGKILL'));
    for await (const line of createInterface({ input: child.stdout })) {
      const ready = /listens on (http:\S+)/.exec(line);
      if (ready) {
        server.url = ready[1] ?? '';
        break;
      }
    }
    child.stdout?.resume();
    if (!server.url) throw new Error('the server did not start');
    return server;
  }

  async stop(): Promise<void> {
    running.delete(this);
    if (this.process.exitCode === null) {
      const ended = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGTERM');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  get host(): string {
    return this.url.replace('http://', '');
  }

  /** One call of the API with the token; throws on a refusal. */
  async api<T = unknown>(verb: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method: verb,
      headers: {
        ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${verb} ${path}: ${answer.status} ${text}`);
    try {
      return JSON.parse(text) as T;
    } catch {
      return text as T;
    }
  }

  /** Makes the first user, a superuser. */
  async initialize(username = 'admin'): Promise<void> {
    const made = await this.api<{ access_token: string }>('POST', '/user/initialize', {
      username,
      password,
      email: `${username}@example.com`,
      access_token: true,
    });
    this.token = made.access_token;
  }

  /** `wharf ARGUMENTS --data …` beside the server. */
  cli(args: string[], input = ''): string {
    const done = spawnSync(binary, [...args, '--data', this.folder], { input, encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`wharf ${args.join(' ')}: ${done.stderr}${done.stdout}`);
    return done.stdout;
  }

  user(username: string, superuser = false): void {
    const more = superuser ? ['--superuser'] : [];
    this.cli(['user', 'create', username, '--password-stdin', '--email', `${username}@example.com`, ...more], `${password}\n`);
  }

  /** Makes images and pushes them with skopeo; returns their digests by target. */
  push(images: Image[], username = 'admin'): Record<string, string> {
    const done = spawnSync('/usr/bin/python3', [join(root, 'web/e2e/push.py')], {
      input: JSON.stringify({ host: this.host, username, password, images }),
      encoding: 'utf8',
    });
    if (done.status !== 0) throw new Error(done.stderr);
    return JSON.parse(done.stdout) as Record<string, string>;
  }
}

export interface View {
  width?: number;
  height?: number;
  dark?: boolean;
}

/** A browser for the tests of a file; each page remembers what went wrong in it. */
export interface TestBrowser {
  /** A page with a profile of its own. */
  open: (server: Server, view?: View) => Promise<Page>;
  /** One more page of a profile. */
  another: (context: BrowserContext) => Promise<Page>;
}

async function watched(context: BrowserContext, origin: string): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const wrong: string[] = [];
  complaints.set(page, wrong);
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (message) => {
    // Refused requests are shown by the page itself; the console repeats them.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) wrong.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !/^(data|blob):/.test(request.url())) {
      wrong.push(`fetched from elsewhere: ${request.url()}`);
    }
  });
  return page;
}

export function useBrowser(): TestBrowser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([...running].map((server) => server.stop()));
  });
  return {
    open: async (server, view = {}) => {
      if (!browser) throw new Error('no browser');
      const context = await browser.newContext({
        baseURL: server.url,
        viewport: { width: view.width ?? 1440, height: view.height ?? 900 },
        colorScheme: view.dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      origins.set(context, server.url);
      return watched(context, server.url);
    },
    another: (context) => watched(context, origins.get(context) ?? ''),
  };
}

const origins = new WeakMap<BrowserContext, string>();
const complaints = new WeakMap<Page, string[]>();

/** Nothing was refused by the policy, nothing threw, nothing came from elsewhere. */
export function expectNoComplaints(page: Page): void {
  expect(complaints.get(page)).toEqual([]);
}

/** axe finds nothing serious, nothing sticks out at the side, and the console is clean. */
export async function expectGoodManners(page: Page): Promise<void> {
  // Asked from outside: the page's policy lets no function be made of a text inside it.
  await expect.poll(() => page.locator('[aria-busy="true"]').count(), { timeout: 30_000 }).toBe(0);
  // Through the debugger, which the page's policy does not concern.
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const run = (window as unknown as { axe: typeof axe }).axe;
    const result = await run.run(document, { resultTypes: ['violations'] });
    return result.violations
      .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
      .map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(' | ')}`);
  });
  expect(found).toEqual([]);
  // The page scrolls inside of its frame, a dialog inside of its own.
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('html, #main, .pf-v6-c-modal-box, .pf-v6-c-modal-box__body')]
      .filter((frame) => frame.scrollWidth > frame.clientWidth)
      .map((frame) => `${frame.id || frame.className} is ${frame.scrollWidth - frame.clientWidth} pixels too wide`),
  );
  expect(wide).toEqual([]);
  expectNoComplaints(page);
}

/** Signs in through the page and waits for what follows. */
export async function signIn(page: Page, username = 'admin', redirect = ''): Promise<void> {
  await page.goto(`/signin${redirect ? `?redirect=${encodeURIComponent(redirect)}` : ''}`);
  await page.getByLabel('User name or e-mail').fill(username);
  await page.getByLabel(/^Password/).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.pathname !== '/signin');
}

/** The same on a phone, and in the dark. */
export const views: [string, View][] = [
  ['desktop', {}],
  ['phone', { width: 390, height: 844 }],
  ['dark', { dark: true }],
];

/** A picture for people to look at, where SHOTS names a folder. */
export async function shot(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
}
