import { expect, it } from 'vitest';
import { configOf, eventConfigOf, eventWords, isComplete, nothingFilled, whereWords } from './kinds';

it('each method asks for what it needs, and no more is sent', () => {
  const filled = { ...nothingFilled, url: 'https://a.example', email: 'a@example.com', token: 't', room: 'r' };
  const of = (method: string) => configOf({ ...filled, method });
  expect(of('webhook')).toEqual({ url: 'https://a.example' });
  expect(of('slack')).toEqual({ url: 'https://a.example' });
  expect(of('email')).toEqual({ email: 'a@example.com' });
  expect(of('hipchat')).toEqual({ notification_token: 't', room_id: 'r' });
  expect(of('flowdock')).toEqual({ flow_api_token: 't' });
});

it('a notification is complete when method and event have what they need', () => {
  expect(isComplete(nothingFilled)).toBe(false);
  expect(isComplete({ ...nothingFilled, target: { name: 'bob', kind: 'user' } })).toBe(true);
  expect(isComplete({ ...nothingFilled, method: 'slack', url: 'https://a.example', event: 'repo_image_expiry', days: '' })).toBe(false);
});

it('events say of what they tell', () => {
  expect(eventConfigOf({ ...nothingFilled, event: 'vulnerability_found', level: '2' })).toEqual({ level: 2 });
  expect(eventWords('vulnerability_found', { level: '0' })).toBe('A vulnerability is found: Critical');
  expect(eventWords('repo_image_expiry', { days: 3 })).toBe('An image expires soon: 3 days before');
  expect(whereWords('webhook', { url: 'https://a.example' })).toBe('Webhook (POST) to https://a.example');
  expect(whereWords('quay_notification', { target: { name: 'bob' } })).toBe('In-app notification to bob');
});
