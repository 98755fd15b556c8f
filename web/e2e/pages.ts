// Every page and every dialog: what axe is run on (manners.test.ts) and what people look at (scripts/screenshots.ts).
// Opening them changes nothing on the server: answers that would are made up on the way.
import type { Page } from 'playwright-core';

/** What has to be on the server. */
export interface World {
  /** "acme/app", of an organization: with a deleted tag, an added label, permissions, notifications. */
  repository: string;
  tag: string;
  other: string;
  /** A repository's tag of several platforms: "acme/app/tag/multi". */
  index: string;
  /** A team of the repository's organization, with members. */
  team: string;
  /** An application of that organization, with tokens. */
  application: string;
  /** A superuser, who is signed in. */
  user: string;
}

export interface Stop {
  name: string;
  path: string;
  anonymous?: boolean;
  /** From the page to what is looked at: a dialog, a menu. */
  open?: (page: Page) => Promise<void>;
}

type Open = NonNullable<Stop['open']>;

const press =
  (name: string | RegExp): Open =>
  async (page) => {
    await page.getByRole('button', { name, exact: true }).first().click();
  };

/** Chooses from the menu of a row; of the first one that has it without `row`. */
const act =
  (item: string, row?: string): Open =>
  async (page) => {
    const name = row ? `Actions for ${row}` : /^Actions for /;
    const toggles = page.getByRole('button', { name, exact: true });
    await toggles.first().waitFor();
    for (const toggle of await toggles.all()) {
      await toggle.click();
      const wanted = page.getByRole('menuitem', { name: item, exact: true });
      await page.getByRole('menuitem').first().waitFor();
      if ((await wanted.count()) > 0) return wanted.click();
      await page.keyboard.press('Escape');
    }
    throw new Error(`no row has ${item}`);
  };

const fill =
  (field: string, text: string): Open =>
  (page) =>
    page.locator(field).fill(text);

const all =
  (...steps: Open[]): Open =>
  async (page) => {
    for (const step of steps) await step(page);
  };

/** Answers one kind of request instead of the server. */
const answer =
  (verb: string, path: string, status: number, body: object): Open =>
  (page) =>
    page.route(`**/api/v1${path}`, (route) =>
      route.request().method() === verb
        ? route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(body) })
        : route.fallback(),
    );

const found: Open = (page) => page.locator('.wharf-found button').first().waitFor();
const dialogShown: Open = (page) => page.getByRole('dialog').waitFor();
const dialogSays =
  (text: string | RegExp): Open =>
  (page) =>
    page.getByRole('dialog').getByText(text).first().waitFor();

const kKey = {
  kid: 'hUQYzKp0XkQlqP3cWc5b9VtYtV3uQqjD2mSx1nUeJ0w',
  service: 'builder',
  name: 'The builder',
  private_key: `-----BEGIN PRIVATE KEY-----\n${`${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj'.repeat(2).slice(0, 64)}\n`.repeat(25)}-----END PRIVATE KEY-----\n`,
};

function pagesOf(world: World): Stop[] {
  const { repository, tag, other, user } = world;
  const namespace = repository.split('/')[0] ?? '';
  const tabs = (name: string, path: string, ids: string[]): Stop[] => ids.map((id) => ({ name: `${name}-${id}`, path: `${path}${id}` }));
  const image = `/repository/${repository}/tag/${tag}`;
  return [
    { name: 'overview', path: '/overview' },
    { name: 'repositories', path: '/repository?sort=name' },
    { name: 'repositories-starred', path: '/repository?show=starred' },
    { name: 'repositories-all', path: '/repository?show=all' },
    { name: 'repositories-search', path: `/repository?q=${namespace}` },
    ...tabs('repository', `/repository/${repository}?tab=`, ['information', 'tags', 'history', 'permissions', 'notifications', 'logs', 'settings']),
    { name: 'repository-compare', path: `/repository/${repository}?tab=compare&from=${other}&to=${tag}` },
    { name: 'repository-compare-none', path: `/repository/${repository}?tab=compare` },
    ...tabs('tag', `${image}?tab=`, ['details', 'layers', 'securityreport', 'packages', 'referrers']),
    { name: 'tag-found-nothing-like-it', path: `${image}?tab=packages&text=no-such-package` },
    { name: 'index', path: `/repository/${world.index}` },
    { name: 'tag-none', path: `/repository/${repository}/tag/nothing` },
    { name: 'search', path: '/search' },
    { name: 'search-name', path: `/search?q=${namespace}` },
    { name: 'search-package', path: '/search?q=django' },
    { name: 'search-vulnerability', path: '/search?q=CVE-2021-35042' },
    { name: 'search-none', path: '/search?q=nothing-like-this' },
    { name: 'notifications', path: '/notifications' },
    { name: 'invitation', path: '/confirminvite?code=x' },
    { name: 'invitation-broken', path: '/confirminvite' },
    { name: 'organizations', path: '/organization' },
    ...tabs('organization', `/organization/${namespace}?tab=`, ['repositories', 'teams', 'members', 'robots', 'permissions', 'applications', 'logs', 'settings']),
    { name: 'organization-team', path: `/organization/${namespace}?tab=teams&team=${world.team}` },
    ...tabs('user', `/user/${user}?tab=`, ['repositories', 'robots', 'tokens', 'applications', 'logs', 'settings']),
    { name: 'user-recovered', path: `/user/${user}?tab=settings&action=password` },
    ...tabs('superuser', '/superuser/', ['users', 'organizations', 'keys', 'messages', 'logs', 'scanner', 'registry']),
    { name: 'nothing', path: '/repository/nobody/nothing' },
    { name: 'nothing-at-all', path: '/superuser/nothing' },
    { name: 'organization-nothing', path: '/organization/nobody-is-called-so' },
    { name: 'signin', path: '/signin', anonymous: true },
    { name: 'createaccount', path: '/createaccount?code=x', anonymous: true },
    { name: 'forgot', path: '/forgot', anonymous: true },
    { name: 'invitation-anonymous', path: '/confirminvite?code=x', anonymous: true },
    { name: 'repositories-anonymous', path: '/repository', anonymous: true },
    { name: 'repository-anonymous', path: `/repository/${repository}`, anonymous: true },
    { name: 'recovery-refused', path: '/signin?refused=recovery', anonymous: true },
    { name: 'confirm-refused', path: '/signin?refused=confirmation', anonymous: true },
    {
      name: 'signin-refused',
      path: '/signin',
      anonymous: true,
      open: all(
        answer('POST', '/signin', 403, { message: 'Invalid Username or Password', invalidCredentials: true }),
        fill('#username', 'nobody'),
        fill('#password', 'wrong-password'),
        press('Sign in'),
        (page) => page.locator('.pf-v6-c-alert').waitFor(),
      ),
    },
  ];
}

function dialogsOf(world: World): Stop[] {
  const { repository, tag } = world;
  const namespace = repository.split('/')[0] ?? '';
  const at = (tab: string) => `/repository/${repository}?tab=${tab}`;
  const of = (tab: string) => `/organization/${namespace}?tab=${tab}`;
  const mine = (tab: string) => `/user/${world.user}?tab=${tab}`;
  const refused = { status: 400, error_type: 'invalid_request', detail: 'A repository of this name exists already.' };
  const stops: Stop[] = [
    { name: 'menu-navigation', path: '/overview', open: press('Navigation') },
    { name: 'menu-theme', path: '/overview', open: press('Theme') },
    { name: 'menu-account', path: '/overview', open: press(/^Account /) },
    { name: 'repository-new', path: '/repository?new=1', open: dialogShown },
    {
      name: 'repository-new-refused',
      path: '/repository?new=1',
      open: all(answer('POST', '/repository', 400, refused), fill('#create-name', 'app'), press('Create'), dialogSays('exists already')),
    },
    { name: 'description', path: at('information'), open: press(/^(Edit|Write one)$/) },
    { name: 'tag-menu', path: at('tags'), open: press(`Actions for ${tag}`) },
    { name: 'tag-pull', path: at('tags'), open: act('Pull commands', tag) },
    { name: 'tag-add', path: at('tags'), open: act('Add a tag', tag) },
    { name: 'tag-expiry', path: at('tags'), open: all(act('Set expiry', tag), (page) => page.getByLabel('At a time').click()) },
    { name: 'tag-delete', path: at('tags'), open: act('Delete', tag) },
    {
      name: 'tags-delete',
      path: at('tags'),
      open: all(
        (page) => page.getByRole('checkbox', { name: /^Select / }).nth(1).click(),
        (page) => page.getByRole('checkbox', { name: /^Select / }).nth(2).click(),
        press('Delete'),
      ),
    },
    { name: 'tag-restore', path: at('history'), open: (page) => page.getByRole('button', { name: /^Restore / }).first().click() },
    { name: 'label-add', path: `/repository/${repository}/tag/${tag}`, open: press('Add a label') },
    { name: 'label-remove', path: `/repository/${repository}/tag/${tag}`, open: press(/^Remove the label /) },
    { name: 'permission-add', path: at('permissions'), open: all(press('Add a permission'), fill('#permission-to', 'a'), found) },
    { name: 'notification-new', path: at('notifications'), open: press('Create a notification') },
    {
      name: 'notification-new-webhook',
      path: at('notifications'),
      open: all(
        press('Create a notification'),
        (page) => page.locator('#event').selectOption('vulnerability_found').then(() => undefined),
        (page) => page.locator('#method').selectOption('webhook').then(() => undefined),
      ),
    },
    { name: 'notification-delete', path: at('notifications'), open: act('Delete') },
    { name: 'log-export', path: at('logs'), open: press('Export') },
    { name: 'policy-new', path: at('settings'), open: press('Create a policy') },
    { name: 'repository-delete', path: at('settings'), open: press('Delete the repository') },
    { name: 'organization-new', path: '/organization', open: press('Create an organization') },
    { name: 'team-new', path: of('teams'), open: press('Create a team') },
    { name: 'team-change', path: of('teams'), open: act('Change', world.team) },
    { name: 'team-delete', path: of('teams'), open: act('Delete', world.team) },
    { name: 'member-add', path: `${of('teams')}&team=${world.team}`, open: all(press('Add a member'), fill('#member', 'a'), found) },
    { name: 'member-remove', path: of('members'), open: act('Remove from the organization') },
    { name: 'robot-new', path: of('robots'), open: press('Create a robot') },
    { name: 'robot-token', path: of('robots'), open: all(act('Show the token'), dialogShown) },
    {
      name: 'robot-kubernetes',
      path: of('robots'),
      open: all(act('Show the token'), dialogShown, (page) => page.getByRole('tab', { name: 'Kubernetes' }).click()),
    },
    { name: 'robot-permissions', path: of('robots'), open: all(act('Permissions'), dialogShown) },
    { name: 'robot-regenerate', path: of('robots'), open: act('Regenerate the token') },
    { name: 'robot-delete', path: of('robots'), open: act('Delete') },
    { name: 'default-new', path: of('permissions'), open: press('Create a default permission') },
    { name: 'application-new', path: of('applications'), open: press('Create an application') },
    { name: 'application-delete', path: of('applications'), open: act('Delete', world.application) },
    { name: 'application', path: of('applications'), open: (page) => page.getByRole('link', { name: world.application }).click() },
    { name: 'organization-delete', path: of('settings'), open: press('Delete the organization') },
    { name: 'token-new', path: mine('tokens'), open: press('Create an app token') },
    {
      name: 'token-shown',
      path: mine('tokens'),
      open: all(
        answer('POST', '/user/apptoken', 200, { token: { uuid: 'u', title: 'laptop', token_code: 'K3Q7'.repeat(15) } }),
        press('Create an app token'),
        fill('#token-title', 'laptop'),
        press('Create the token'),
        dialogSays('shown this once'),
      ),
    },
    { name: 'token-revoke', path: mine('tokens'), open: act('Revoke') },
    { name: 'password-encrypted', path: mine('settings'), open: press('Make an encrypted password') },
    {
      name: 'password-again',
      path: mine('settings'),
      open: all(
        answer('PUT', '/user/', 401, { status: 401, error_type: 'fresh_login_required', detail: 'Sign in again.' }),
        (page) => page.locator('#company, #tag-expiration').first().waitFor(),
        (page) => page.getByRole('button', { name: 'Save' }).first().click(),
        dialogSays('your password once more'),
      ),
    },
    { name: 'account-delete', path: mine('settings'), open: press('Delete the account') },
    { name: 'user-new', path: '/superuser/users', open: press('Create a user') },
    { name: 'user-password', path: '/superuser/users', open: act('Change the password') },
    { name: 'user-delete', path: '/superuser/users', open: act('Delete') },
    { name: 'user-own', path: '/superuser/users', open: act('Take ownership') },
    { name: 'organization-rename', path: '/superuser/organizations', open: act('Rename') },
    { name: 'key-new', path: '/superuser/keys', open: press('Create a service key') },
    {
      name: 'key-shown',
      path: '/superuser/keys',
      open: all(
        answer('POST', '/superuser/keys', 200, kKey),
        press('Create a service key'),
        fill('#key-service', 'builder'),
        press('Create the key'),
        dialogSays('shown this once'),
      ),
    },
    { name: 'key-expiry', path: '/superuser/keys', open: act('Change the expiry') },
    { name: 'key-delete', path: '/superuser/keys', open: act('Delete') },
    { name: 'message-new', path: '/superuser/messages', open: press('Create a message') },
    { name: 'registry-configuration', path: '/superuser/registry', open: press(/settings$/) },
    { name: 'registry-changes', path: '/superuser/registry', open: press('What changed') },
    {
      name: 'toasts',
      path: at('tags'),
      open: all(
        answer('POST', '/user/starred', 500, { detail: 'The database did not answer.' }),
        answer('DELETE', '/user/starred/**', 500, { detail: 'The database did not answer.' }),
        press(/^(Star|Remove the star)$/),
        (page) => page.locator('.pf-v6-c-alert.pf-m-danger').waitFor(),
      ),
    },
  ];
  return stops.map((stop) => ({ ...stop, name: `dialog-${stop.name}` }));
}

export function everyStop(world: World): Stop[] {
  return [...pagesOf(world), ...dialogsOf(world)];
}
