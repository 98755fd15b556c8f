import { useState } from 'react';
import { call } from '@/api/call';
import { useFeature } from '@/api/session';
import { TextField } from '@/features/session/fields';
import { EntityField, type Entity } from '../admin/EntityField';
import { Choose, LongText } from '../admin/fields';
import { FormDialog } from '../admin/FormDialog';
import { freeObject, useChanges } from '../admin/useChanges';
import { configOf, eventConfigOf, events, isComplete, levels, methods, nothingFilled, type Filled } from './kinds';

/** Event, method, and what the two want to know. */
export function NewNotification(props: { repository: string; organization: boolean; onClose: () => void }) {
  const { repository } = props;
  const [filled, setFilled] = useState<Filled>(nothingFilled);
  const [target, setTarget] = useState<Entity>();
  const mails = useFeature('MAILING');
  const firstReports = useFeature('SECURITY_SCANNER_NOTIFY_ON_NEW_INDEX');
  const expiry = useFeature('IMAGE_EXPIRY_TRIGGER');
  const { done } = useChanges(['repository-notifications', repository]);
  const offered = events.filter((event) => expiry || event.value !== 'repo_image_expiry');
  const set = (change: Partial<Filled>) => setFilled({ ...filled, ...change });
  return (
    <FormDialog
      title="Create a notification"
      action="Create the notification"
      wide
      ready={isComplete(filled)}
      onClose={props.onClose}
      onSubmit={async () => {
        await call(
          'createRepoNotification',
          { repository },
          {
            event: filled.event,
            method: filled.method,
            config: freeObject(configOf(filled)),
            eventConfig: freeObject(eventConfigOf(filled)),
            ...(filled.title ? { title: filled.title } : {}),
          },
        );
        await done('The notification is made');
      }}
    >
      <Choose id="event" label="When" value={filled.event} choices={offered} onChange={(event) => set({ event })} />
      {filled.event === 'vulnerability_found' && (
        <Choose
          id="level"
          label="Severity"
          value={filled.level}
          choices={levels}
          onChange={(level) => set({ level })}
          help={
            firstReports
              ? "What an image's first scan finds is told, too, not only what becomes known later."
              : "What becomes known after an image's first scan is told; the first scan itself is not."
          }
        />
      )}
      {filled.event === 'repo_image_expiry' && (
        <TextField id="days" label="Days before" value={filled.days} onChange={(days) => set({ days })} required />
      )}
      <Choose
        id="method"
        label="How"
        value={filled.method}
        choices={methods.filter((method) => mails || method.value !== 'email')}
        onChange={(method) => set({ method })}
      />
      {filled.method === 'quay_notification' && (
        <EntityField
          id="target"
          label="Whom"
          namespace={repository.slice(0, repository.indexOf('/'))}
          teams={props.organization}
          value={target}
          accept={(entity) => !entity.is_robot}
          onChange={(entity) => {
            setTarget(entity);
            set({ target: entity && { name: entity.name, kind: entity.kind } });
          }}
        />
      )}
      {(filled.method === 'webhook' || filled.method === 'slack') && (
        <TextField id="url" label="URL" value={filled.url} onChange={(url) => set({ url })} required />
      )}
      {filled.method === 'webhook' && (
        <LongText
          id="template"
          label="Body (JSON; ${repository} and the like are filled in; empty: the event as it is)"
          value={filled.template}
          onChange={(template) => set({ template })}
        />
      )}
      {filled.method === 'email' && (
        <TextField id="address" label="E-mail" type="email" value={filled.email} onChange={(email) => set({ email })} required />
      )}
      {filled.method === 'hipchat' && (
        <TextField id="room" label="Room" value={filled.room} onChange={(room) => set({ room })} required />
      )}
      {(filled.method === 'hipchat' || filled.method === 'flowdock') && (
        <TextField id="token" label="Token" value={filled.token} onChange={(token) => set({ token })} required />
      )}
      <TextField id="title" label="Title" value={filled.title} onChange={(title) => set({ title })} help="To tell it from others." />
    </FormDialog>
  );
}
