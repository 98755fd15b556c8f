'use strict';

const part = (id) => document.getElementById(id);
const show = (id, shown = true) => { part(id).hidden = !shown; };

async function ask(path, body) {
  const options = { headers: { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' }, cache: 'no-store' };
  if (body) {
    options.method = 'POST';
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path, options);
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(content.error_message || content.message || `The server answered ${answer.status}.`);
  return content;
}

// One word for a shell: plain text as it is, the rest in quotes.
const word = (text) => (/^[\w.:\/@+-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`);

function showCommands(service, user) {
  // podman asks for TLS everywhere; over plain HTTP it must be told.
  const flag = location.protocol === 'http:' ? ' --tls-verify=false' : '';
  const name = user || 'NAME';
  const image = `${word(service)}/${word(name)}/my-image:v1`;
  part('cmd-login').textContent = `podman login${flag} -u ${word(name)} ${word(service)}`;
  part('cmd-push').textContent = `podman push${flag} my-image ${image}`;
  part('cmd-pull').textContent = `podman pull${flag} ${image}`;
  show('commands');
}

async function copy(id) {
  const source = part(id);
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without a secure context there is no clipboard API: let the selection do it.
    if (source.select) {
      source.select();
    } else {
      getSelection().selectAllChildren(source);
    }
    document.execCommand('copy');
  }
  part('announce').textContent = 'Copied.';
}

let state = { service: location.host };

async function makeUser(event) {
  event.preventDefault();
  const form = new FormData(part('setup-form'));
  const wanted = { username: form.get('username'), password: form.get('password'), access_token: true };
  if (form.get('email')) wanted.email = form.get('email');
  if (form.get('code')) wanted.setup_code = form.get('code').trim();
  show('setup-error', false);
  part('submit').disabled = true;
  try {
    const made = await ask('/api/v1/user/initialize', wanted);
    part('setup-form').reset();
    document.querySelector('[data-fill=user]').textContent = made.username;
    part('token-text').value = made.access_token;
    show('setup', false);
    show('token');
    showCommands(state.service, made.username);
    part('token-text').focus();
  } catch (problem) {
    part('setup-error').textContent = problem.message;
    show('setup-error');
  } finally {
    part('submit').disabled = false;
  }
}

async function begin() {
  show('failed', false);
  try {
    state = await ask('/api/v1/setup');
  } catch (problem) {
    part('failed-text').textContent = problem.message;
    show('failed');
    return;
  }
  if (state.open) {
    show('code-field', state.needs_code);
    part('code').required = state.needs_code;
    show('setup');
    part('username').focus();
  } else {
    show('running');
    showCommands(state.service, '');
  }
}

part('setup-form').addEventListener('submit', makeUser);
part('retry').addEventListener('click', begin);
part('reveal').addEventListener('click', () => {
  const hidden = part('password').type === 'password';
  part('password').type = hidden ? 'text' : 'password';
  part('reveal').textContent = hidden ? 'Hide' : 'Show';
  part('reveal').setAttribute('aria-pressed', String(hidden));
});
for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', () => {
    copy(button.dataset.copy);
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
}
begin();
