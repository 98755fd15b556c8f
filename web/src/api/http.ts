// The session: a cookie that scripts cannot read, and a CSRF token that lives in this module alone.

/** What the server said when it refused: its status, its error_type and its own words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    message: string,
    readonly body: unknown = undefined,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

let csrfToken: string | undefined;
let askForPassword: (() => Promise<boolean>) | undefined;
let onSignedOut: (() => void) | undefined;

/** The dialog that has the password shown once more; it says whether that was done. */
export function setPasswordDialog(dialog: typeof askForPassword) {
  askForPassword = dialog;
}

/** Called when a session has ended under us. */
export function setSignedOut(listener: typeof onSignedOut) {
  onSignedOut = listener;
}

async function freshToken(): Promise<string> {
  const answer = await fetch('/csrf_token', { headers: { 'X-Requested-With': 'XMLHttpRequest' } });
  const body = (await answer.json()) as { csrf_token: string };
  csrfToken = body.csrf_token;
  return csrfToken;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

async function errorOf(answer: Response): Promise<ApiError> {
  const raw = await answer.text();
  let body: unknown;
  try {
    body = JSON.parse(raw);
  } catch {
    body = undefined;
  }
  const plain = answer.headers.get('Content-Type')?.startsWith('text/plain') ? raw : ''; // too many attempts
  const object = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const words =
    text(object.detail) || text(object.error_message) || text(object.message) || text(object.error) || plain || answer.statusText;
  return new ApiError(answer.status, text(object.error_type) || text(object.title), words || `Status ${answer.status}`, body);
}

async function once(verb: string, url: string, body: unknown): Promise<Response> {
  const headers: Record<string, string> = { 'X-Requested-With': 'XMLHttpRequest', Accept: 'application/json' };
  if (verb !== 'GET') headers['X-CSRF-Token'] = csrfToken ?? (await freshToken());
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: verb,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
    });
  } catch {
    throw new ApiError(0, 'unreachable', 'The server cannot be reached. Is the network up?');
  }
  const next = answer.headers.get('X-Next-CSRF-Token');
  if (next) csrfToken = next;
  return answer;
}

/**
 * One request as the session. A stale CSRF token (another tab signed in) is renewed once; where the server wants the
 * password again, the dialog asks for it and the request is repeated. Throws ApiError.
 */
export async function request<T>(verb: string, url: string, body?: unknown): Promise<T> {
  for (let attempt = 0; ; ++attempt) {
    const answer = await once(verb, url, body);
    if (answer.ok) {
      if (answer.status === 204) return undefined as T;
      const content = await answer.text();
      if (!content.trim()) return undefined as T;
      const isJson = (answer.headers.get('Content-Type') ?? '').includes('json');
      return (isJson ? JSON.parse(content) : content) as T;
    }
    const error = await errorOf(answer);
    if (attempt === 0 && answer.status === 403 && /csrf/i.test(error.message)) {
      await freshToken();
      continue;
    }
    if (attempt < 2 && error.type === 'fresh_login_required' && askForPassword && (await askForPassword())) continue;
    if (answer.status === 401 && error.type !== 'fresh_login_required') onSignedOut?.();
    throw error;
  }
}
