'use strict';

const part = (id) => document.getElementById(id);

// The token travels behind '#', which browsers send to no server; here it is taken out of the address at once, so that
// it stays in no history.
const granted = new URLSearchParams(location.hash.slice(1));
const query = new URLSearchParams(location.search);
if (location.hash) history.replaceState(null, '', location.pathname + location.search);

const secret = granted.get('access_token') || query.get('code');
if (secret) {
  if (!granted.get('access_token')) {
    part('granted-title').textContent = 'Your authorization code';
    part('granted-lead').textContent = 'The application exchanges it for a token within ten minutes.';
  }
  part('secret').value = secret;
  part('granted').hidden = false;
  part('secret').select();
} else {
  const error = query.get('error');
  if (error && error !== 'authorization_denied') part('reason').textContent = `The request was refused: ${error}.`;
  part('canceled').hidden = false;
}

part('copy').addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(part('secret').value);
  } catch {
    // Without a secure context there is no clipboard API: let the selection do it.
    part('secret').select();
    document.execCommand('copy');
  }
  part('announce').textContent = 'Copied.';
});
