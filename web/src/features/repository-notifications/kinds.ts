/** Events of a repository that somebody can be told of. */
export const events = [
  { value: 'repo_push', title: 'An image is pushed' },
  { value: 'vulnerability_found', title: 'A vulnerability is found' },
  { value: 'repo_image_expiry', title: 'An image expires soon' },
] as const;

/** Ways to tell, and what each wants to know. */
export const methods = [
  { value: 'quay_notification', title: 'In-app notification' },
  { value: 'webhook', title: 'Webhook (POST)' },
  { value: 'slack', title: 'Slack' },
  { value: 'email', title: 'E-mail' },
  { value: 'hipchat', title: 'HipChat' },
  { value: 'flowdock', title: 'Flowdock' },
] as const;

/** Index of the API -> what it stands for: told of those and worse. */
export const levels = ['Critical', 'High', 'Medium', 'Low', 'Negligible', 'Unknown'].map((title, index) => ({
  value: String(index),
  title: index === 0 ? title : `${title} or worse`,
}));

/** What people filled in, of all methods and events. */
export interface Filled {
  event: string;
  method: string;
  title: string;
  level: string;
  days: string;
  url: string;
  template: string;
  email: string;
  token: string;
  room: string;
  target: { name: string; kind: string } | undefined;
}

export const nothingFilled: Filled = {
  event: 'repo_push',
  method: 'quay_notification',
  title: '',
  level: '1',
  days: '7',
  url: '',
  template: '',
  email: '',
  token: '',
  room: '',
  target: undefined,
};

/** The method's part of what the API takes. */
export function configOf(filled: Filled): object {
  switch (filled.method) {
    case 'webhook':
      return filled.template ? { url: filled.url, template: filled.template } : { url: filled.url };
    case 'slack':
      return { url: filled.url };
    case 'email':
      return { email: filled.email };
    case 'hipchat':
      return { notification_token: filled.token, room_id: filled.room };
    case 'flowdock':
      return { flow_api_token: filled.token };
    default:
      return { target: filled.target };
  }
}

/** The event's part. */
export function eventConfigOf(filled: Filled): object {
  if (filled.event === 'vulnerability_found') return { level: Number(filled.level) };
  if (filled.event === 'repo_image_expiry') return { days: Number(filled.days) };
  return {};
}

/** Whether all is there that the method and the event need. */
export function isComplete(filled: Filled): boolean {
  if (filled.event === 'repo_image_expiry' && !(Number(filled.days) >= 1)) return false;
  return Object.entries(configOf(filled)).every(([, value]) => value !== '' && value !== undefined);
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** What a notification tells, and where to: "Webhook (POST) to https://…". */
export function whereWords(method: string, config: Record<string, unknown>): string {
  const title = methods.find((known) => known.value === method)?.title ?? method;
  const target = config.target as { name?: string } | undefined;
  const where = textOf(config.url) || textOf(config.email) || textOf(config.room_id) || (target?.name ?? '');
  return where ? `${title} to ${where}` : title;
}

export function eventWords(event: string, config: Record<string, unknown>): string {
  const title = events.find((known) => known.value === event)?.title ?? event;
  const level = levels.find((known) => known.value === textOf(config.level))?.title;
  if (event === 'vulnerability_found' && level) return `${title}: ${level}`;
  if (event === 'repo_image_expiry' && textOf(config.days)) return `${title}: ${textOf(config.days)} days before`;
  return title;
}
