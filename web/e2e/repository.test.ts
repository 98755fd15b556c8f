import { afterAll, beforeAll, expect, it } from 'vitest';
import { importFeeds } from './feeds';
import { expectGoodManners, expectNoComplaints, Server, shot, signIn, useBrowser, views } from './harness';

const browser = useBrowser();
let server: Server;
let digests: Record<string, string>;

beforeAll(async () => {
  server = await Server.start();
  await server.initialize();
  importFeeds(server);
  digests = server.push([
    {
      kind: 'debian',
      target: 'admin/app:v1',
      packages: { openssl: '3.0.8-1', zlib1g: '1:1.2.13-1' },
      labels: { 'org.example.team': 'harbour' },
      text: 'one',
    },
    { kind: 'debian', target: 'admin/app:v2', packages: { openssl: '3.0.11-1', curl: '7.88-1' }, text: 'two' },
    { kind: 'platforms', target: 'admin/many:latest' },
    { kind: 'small', target: 'admin/team/app:v1' },
  ]);
  // What was just pushed is looked into first.
  for (let tries = 0; tries < 600; ++tries) {
    const reports = await Promise.all(
      ['admin/app:v1', 'admin/app:v2'].map((name) =>
        server.api<{ status: string }>('GET', `/repository/admin/app/manifest/${digests[name]}/security?vulnerabilities=false`),
      ),
    );
    if (reports.every((report) => report.status === 'scanned')) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the images were not scanned');
});
afterAll(() => server.stop());

it.each(views)('repositories are listed, searched and starred (%s)', async (name, view) => {
  const page = await browser.open(server, view);
  await signIn(page);
  await page.getByRole('link', { name: 'admin/app' }).waitFor();
  await page.getByRole('link', { name: 'admin/team/app' }).waitFor();
  await expectGoodManners(page);
  await shot(page, `repositories-${name}`);
  if (name !== 'desktop') return;
  await page.getByLabel('Star admin/app', { exact: true }).click();
  await page.getByLabel('Remove the star of admin/app').waitFor();
  await page.getByRole('button', { name: 'Starred' }).click();
  await page.getByRole('link', { name: 'admin/many' }).waitFor({ state: 'detached' });
  await page.reload(); // the address has the filter
  await page.getByRole('link', { name: 'admin/app' }).waitFor();
  await page.getByRole('button', { name: 'Mine' }).click();
  await page.getByRole('button', { name: 'Name', exact: true }).click();
  await page.getByRole('button', { name: 'Name', exact: true }).click();
  await page.getByRole('row').nth(1).getByRole('link', { name: 'admin/team/app' }).waitFor();
  await page.getByLabel('Search repositories', { exact: true }).fill('man');
  await page.getByRole('link', { name: 'admin/app', exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('link', { name: 'admin/many' }).click();
  await page.getByRole('heading', { name: 'admin/many', level: 1 }).waitFor();
  expectNoComplaints(page);
});

it('a repository is made, described, and its description is nobody’s script', async () => {
  const page = await browser.open(server);
  await signIn(page);
  await page.getByRole('button', { name: 'Create a repository' }).click();
  await page.locator('#create-name').fill('Not A Name');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText(/invalid/i).first().waitFor();
  expect(await page.locator('#create-name').inputValue()).toBe('Not A Name');
  await page.locator('#create-name').fill('fresh');
  await page.getByLabel('Public: everybody').click();
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'admin/fresh', level: 1 }).waitFor();
  await page.getByText('Push the first image').waitFor();
  await page.getByRole('button', { name: 'Write one' }).click();
  await page
    .getByLabel('Description, in Markdown')
    .fill('# Ships\n\nRun *them*.\n\n<img src=x onerror="window.bad=1"><script>window.bad=1</script>\n\n[bad](javascript:window.bad=1) ![far](https://example.com/x.png)\n\n'
      + '| Ship | Ready |\n|---|---|\n| <img src=x onerror="window.bad=1"> Ann | yes |\n\n- [x] rigged\n- [ ] manned <svg onload="window.bad=1">\n\nhttps://ships.example.org');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Ships' }).waitFor();
  await page.getByRole('cell', { name: 'Ann' }).waitFor();
  await page.getByRole('checkbox', { name: 'done' }).waitFor();
  await page.getByRole('link', { name: 'https://ships.example.org' }).waitFor();
  expect(await page.locator('.wharf-markdown :is(script, img, svg)').count()).toBe(0);
  expect(await page.evaluate(() => 'bad' in window)).toBe(false);
  await expectGoodManners(page);
  await shot(page, 'information');
});

it.each(views)('tags are shown with what matters of them (%s)', async (name, view) => {
  const page = await browser.open(server, view);
  await signIn(page, 'admin', '/repository/admin/app?tab=tags');
  await page.getByRole('link', { name: 'v1', exact: true }).waitFor();
  await page.getByText('1 critical').first().waitFor({ state: 'attached' });
  await expectGoodManners(page);
  await shot(page, `tags-${name}`);
  await page.goto('/repository/admin/many?tab=tags');
  await page.getByText('s390x').waitFor({ state: 'attached' });
  // A name of several segments.
  await page.goto('/repository');
  await page.getByRole('link', { name: 'admin/team/app' }).click();
  await page.getByRole('heading', { name: 'admin/team/app', level: 1 }).waitFor();
  expectNoComplaints(page);
});

it('tags are added, given an expiry, deleted and brought back', async () => {
  const page = await browser.open(server);
  await signIn(page, 'admin', '/repository/admin/app?tab=tags');
  await page.getByRole('link', { name: 'v2', exact: true }).waitFor();
  const row = (tag: string) => page.getByRole('row').filter({ has: page.getByRole('link', { name: tag, exact: true }) });
  await row('v2').getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Add a tag' }).click();
  await page.locator('#add-name').fill('stable');
  await page.getByRole('button', { name: 'Add the tag' }).click();
  await row('stable').waitFor();

  await row('stable').getByRole('button', { name: 'Actions' }).click();
  await page.getByRole('menuitem', { name: 'Set expiry' }).click();
  await page.getByLabel('At a time').click();
  await page.getByRole('button', { name: 'Set the expiry' }).click();
  await row('stable').getByText(/^in \d+ days?$/).waitFor();

  await row('stable').getByRole('checkbox').click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await shot(page, 'delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await row('stable').waitFor({ state: 'detached' });

  await page.getByRole('tab', { name: 'Tag history' }).click();
  await page.getByRole('button', { name: /^Restore stable/ }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
  await page.getByText('Restored').waitFor();
  await expectGoodManners(page);
  await shot(page, 'history');
  await page.getByRole('tab', { name: 'Tags' }).click();
  await row('stable').waitFor();
  const tags = await server.api<{ tags: { name: string; manifest_digest: string }[] }>('GET', '/repository/admin/app/tag/?onlyActiveTags=true');
  expect(tags.tags.find((tag) => tag.name === 'stable')?.manifest_digest).toBe(digests['admin/app:v2']);
  expectNoComplaints(page);
});

it.each(views)('a tag tells what is in it and what is known of that (%s)', async (name, view) => {
  const page = await browser.open(server, view);
  await signIn(page, 'admin', '/repository/admin/app/tag/v1');
  await page.getByRole('heading', { name: 'admin/app:v1', level: 1 }).waitFor();
  await page.getByText('harbour').waitFor();
  await page.getByText('PATH=/usr/bin').waitFor();
  await expectGoodManners(page);
  await shot(page, `tag-${name}`);
  await page.getByRole('tab', { name: 'Layers' }).click();
  await page.getByText('layer 1').waitFor();
  await expectGoodManners(page);
  await shot(page, `layers-${name}`);
  await page.getByRole('tab', { name: 'Vulnerabilities' }).click();
  await page.getByRole('link', { name: 'CVE-2023-0001' }).waitFor();
  await page.getByRole('link', { name: 'CVE-2023-0002' }).waitFor();
  await expectGoodManners(page);
  await shot(page, `vulnerabilities-${name}`);
  await page.getByLabel('Only what can be fixed').click();
  await page.getByRole('link', { name: 'CVE-2023-0002' }).waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('link', { name: 'CVE-2023-0001' }).waitFor();
  expect(await page.getByRole('link', { name: 'CVE-2023-0002' }).count()).toBe(0);
  await page.getByRole('tab', { name: 'Packages' }).click();
  await page.getByText('zlib1g').waitFor();
  await expectGoodManners(page);
  await page.getByRole('tab', { name: 'Signatures and SBOMs' }).click();
  await page.getByText('Nothing refers to this image').waitFor();
  await expectGoodManners(page);
});

it('signatures and SBOMs are shown beside what they are of', async () => {
  const subject = `admin/app@${digests['admin/app:v2']}`;
  const made = server.push([
    { kind: 'attached', target: 'signature', subject, form: 'tag', type: 'application/vnd.dev.cosign.simplesigning.v1+json' },
    { kind: 'attached', target: 'sbom', subject, form: 'subject', type: 'application/spdx+json' },
  ]);
  const page = await browser.open(server);
  await signIn(page, 'admin', '/repository/admin/app/tag/v2?tab=referrers');
  const table = page.getByRole('grid', { name: 'Signatures and SBOMs' });
  await table.getByText('Signature', { exact: true }).waitFor();
  await table.getByText('SBOM', { exact: true }).waitFor();
  await table.getByRole('link', { name: made.sbom?.slice(0, 19) ?? '' }).waitFor();
  await expectGoodManners(page);
  await shot(page, 'referrers');
  await page.goto('/repository/admin/app?tab=tags');
  await page.getByRole('row').filter({ has: page.getByRole('link', { name: 'v2', exact: true }) }).getByLabel('Signed').waitFor();
  expectNoComplaints(page);
});

it('an image that nothing can be said of says so', async () => {
  const page = await browser.open(server);
  await signIn(page, 'admin', '/repository/admin/team/app/tag/v1?tab=securityreport');
  await page.getByText(/There is nothing to look for in this image|Nothing was found/).waitFor();
  await expectGoodManners(page);
});

it('a repository is opened whatever its name looks like', async () => {
  server.push([{ kind: 'small', target: 'admin/odd/tag/v1:latest' }]);
  const page = await browser.open(server);
  await signIn(page);
  await page.getByRole('link', { name: 'admin/odd/tag/v1' }).click();
  await page.getByRole('heading', { name: 'admin/odd/tag/v1', level: 1 }).waitFor();
  await page.getByRole('tab', { name: 'Tags' }).click();
  await page.getByRole('link', { name: 'latest', exact: true }).waitFor();
  await page.getByRole('tab', { name: 'Information' }).click();
  await page.reload();
  await page.getByRole('heading', { name: 'admin/odd/tag/v1', level: 1 }).waitFor();
  await page.goto('/repository/admin/odd/tag/v1'); // as somebody types it
  await page.getByRole('heading', { name: 'admin/odd/tag/v1', level: 1 }).waitFor();
  await page.goto('/repository/admin/odd/tag/v1/tag/latest');
  await page.getByRole('heading', { name: 'admin/odd/tag/v1:latest', level: 1 }).waitFor();
  await expectGoodManners(page);
});

it('an image for several platforms is looked at by platform', async () => {
  const page = await browser.open(server);
  await signIn(page, 'admin', '/repository/admin/many/tag/latest');
  await page.getByLabel('Platform', { exact: true }).selectOption({ label: 'linux/s390x' });
  await page.getByRole('tab', { name: 'Layers' }).click();
  await page.getByText('layer 1').waitFor();
  await page.goto(`/repository/admin/many/manifest/${digests['admin/many:latest']}`);
  await page.getByRole('heading', { name: 'admin/many:sha256:', exact: false, level: 1 }).waitFor();
  await expectGoodManners(page);
});

it.each(views)('two tags are compared (%s)', async (name, view) => {
  const page = await browser.open(server, view);
  await signIn(page, 'admin', '/repository/admin/app?tab=compare&from=v1&to=v2');
  await page.getByRole('heading', { name: 'New in v2: 1 finding' }).waitFor();
  await page.getByRole('heading', { name: 'Gone since v1: 1 finding' }).waitFor();
  await page.getByText('3.0.11-1').last().waitFor();
  await expectGoodManners(page);
  await shot(page, `compare-${name}`);
});

it.each(views)('names, packages and vulnerabilities are found (%s)', async (name, view) => {
  const page = await browser.open(server, view);
  await signIn(page, 'admin', '/search');
  await page.getByLabel('Name, package or vulnerability').fill('cve-2023-0001');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'admin/app:v1' }).waitFor();
  await expectGoodManners(page);
  await shot(page, `search-${name}`);
  await page.goto('/search?q=zlib1g');
  await page.getByRole('link', { name: 'admin/app:v1' }).waitFor();
  await page.goto('/search?q=many');
  await page.getByRole('link', { name: 'admin/many' }).waitFor();
  expectNoComplaints(page);
});

it('a stranger is told what they may see, and nothing more', async () => {
  const page = await browser.open(server);
  await page.goto('/repository/admin/app');
  await page.getByRole('heading', { name: /Sign in to see this|You may not see this/ }).waitFor();
  await page.goto('/repository/admin/none/tag/v1');
  await page.getByRole('heading', { name: /Sign in to see this|You may not see this/ }).waitFor();
  await expectGoodManners(page);
});

it('labels are added to an image, and taken away again', async () => {
  const page = await browser.open(server);
  await signIn(page, 'admin', '/repository/admin/app/tag/v1');
  await page.getByText('org.example.team').waitFor();
  await page.getByRole('button', { name: 'Add a label' }).click();
  await page.locator('#label-key').fill('Not A Key');
  await page.locator('#label-value').fill('production');
  await page.getByRole('button', { name: 'Add the label' }).click();
  await page.getByRole('dialog').locator('.pf-m-danger').first().waitFor();
  expect(await page.locator('#label-value').inputValue()).toBe('production');
  await page.locator('#label-key').fill('org.example.stage');
  await page.getByRole('button', { name: 'Add the label' }).click();
  await page.getByRole('button', { name: 'Remove the label org.example.stage' }).click();
  // What the image itself says of itself stays.
  expect(await page.getByRole('button', { name: 'Remove the label org.example.team' }).count()).toBe(0);
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByText('production', { exact: true }).waitFor({ state: 'detached' });
  await expectGoodManners(page);
});
