-- Notifications of repositories: what their deliveries and the reminders of expiring tags need.
-- The address under which whoever made it reached the registry; its links begin with it.
ALTER TABLE notification ADD COLUMN base_url {text} NOT NULL DEFAULT '';
-- How long before its end a tag is told of; none for all events but repo_image_expiry.
ALTER TABLE notification ADD COLUMN days {int};
-- Of vulnerability_found: the least severity that is told, 0 the worst; none for every one.
ALTER TABLE notification ADD COLUMN level {int};
CREATE INDEX notification_of_expiry ON notification (repository_id) WHERE days IS NOT NULL;
-- Tags that a notification has told of. When the tag gets another end it is told of anew.
CREATE TABLE notification_expiry (
  notification_id {int} NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
  tag_id          {int} NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
  end_ms          {int} NOT NULL,
  PRIMARY KEY (notification_id, tag_id)
);
CREATE INDEX notification_expiry_by_tag ON notification_expiry (tag_id);

-- What users do while somebody listens to it, between nodes. Each says whose events it wants (a JSON array of accounts)
-- and writes what happened to those whom another wants (a JSON array of events); both are gone within minutes.
CREATE TABLE event_node (
  node       {text} NOT NULL PRIMARY KEY,
  listening  {text} NOT NULL,
  expires_ms {int} NOT NULL
);
CREATE TABLE event_batch (
  id         {id},
  node       {text} NOT NULL,
  events     {text} NOT NULL,
  created_ms {int} NOT NULL
);
CREATE INDEX event_batch_by_time ON event_batch (created_ms);
