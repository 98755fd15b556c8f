-- What is in a repository: the content half of the API. Times are milliseconds, as in 0001.

CREATE TABLE manifest_label (
  id          {id},
  uuid        {text} NOT NULL UNIQUE,
  manifest_id {int} NOT NULL REFERENCES manifest (id) ON DELETE CASCADE,
  key         {text} NOT NULL,
  value       {text} NOT NULL,
  source_type {text} NOT NULL CHECK (source_type IN ('manifest', 'api', 'internal')),
  media_type  {text} NOT NULL
);
CREATE INDEX manifest_label_by_manifest ON manifest_label (manifest_id, id);

-- Tags of this pattern (or all others) cannot be moved or deleted: in one repository, or in all of a namespace.
CREATE TABLE immutability_policy (
  id            {id},
  uuid          {text} NOT NULL UNIQUE,
  namespace_id  {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  repository_id {int} REFERENCES repository (id) ON DELETE CASCADE,
  pattern       {text} NOT NULL,
  matches       {bool} NOT NULL,
  created_ms    {int} NOT NULL
);
CREATE INDEX immutability_policy_by_namespace ON immutability_policy (namespace_id, repository_id);
CREATE INDEX immutability_policy_by_repository ON immutability_policy (repository_id);

-- Whom to tell of an event in a repository, and the queue of what is to be told.
CREATE TABLE notification (
  id            {id},
  uuid          {text} NOT NULL UNIQUE,
  repository_id {int} NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  event         {text} NOT NULL,
  method        {text} NOT NULL,
  title         {text},
  config        {text} NOT NULL DEFAULT '{}',
  event_config  {text} NOT NULL DEFAULT '{}',
  failures      {int} NOT NULL DEFAULT 0,
  created_ms    {int} NOT NULL
);
CREATE INDEX notification_by_repository ON notification (repository_id, event);
CREATE TABLE notification_delivery (
  id              {id},
  notification_id {int} NOT NULL REFERENCES notification (id) ON DELETE CASCADE,
  event_data      {text} NOT NULL,
  performer       {text} NOT NULL DEFAULT '{}',
  created_ms      {int} NOT NULL,
  available_ms    {int} NOT NULL,
  lease_ms        {int} NOT NULL DEFAULT 0,
  attempts        {int} NOT NULL DEFAULT 0
);
CREATE INDEX notification_delivery_queue ON notification_delivery (available_ms);
CREATE INDEX notification_delivery_by_notification ON notification_delivery (notification_id);

-- Addresses that may be mailed about a repository once whoever reads them has agreed.
CREATE TABLE repository_email (
  id            {id},
  repository_id {int} NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  email         {text} NOT NULL,
  code_hash     {text} NOT NULL UNIQUE,
  confirmed     {bool} NOT NULL DEFAULT FALSE,
  created_ms    {int} NOT NULL,
  UNIQUE (repository_id, email)
);

-- How often something was pulled; written in batches.
CREATE TABLE tag_pulls (
  repository_id {int} NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  name          {text} NOT NULL,
  pulls         {int} NOT NULL,
  last_ms       {int} NOT NULL,
  PRIMARY KEY (repository_id, name)
);
CREATE TABLE manifest_pulls (
  manifest_id {int} NOT NULL PRIMARY KEY REFERENCES manifest (id) ON DELETE CASCADE,
  pulls       {int} NOT NULL,
  last_ms     {int} NOT NULL
);
-- How much went on in a repository on one day (days since 1970, UTC); written in batches.
CREATE TABLE repository_day (
  repository_id {int} NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  day           {int} NOT NULL,
  actions       {int} NOT NULL,
  PRIMARY KEY (repository_id, day)
);

-- Lists go through a namespace by id.
CREATE INDEX repository_by_namespace ON repository (namespace_id, id) WHERE deleted_ms IS NULL;
