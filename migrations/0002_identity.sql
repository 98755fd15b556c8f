-- People, organizations and what they may do: the identity half of the API. Times are milliseconds, as in 0001.

-- A user's profile. `prompts` are the questions that the web UI is to ask, with commas between them.
ALTER TABLE account ADD COLUMN given_name {text};
ALTER TABLE account ADD COLUMN family_name {text};
ALTER TABLE account ADD COLUMN company {text};
ALTER TABLE account ADD COLUMN location {text};
ALTER TABLE account ADD COLUMN prompts {text} NOT NULL DEFAULT '';
CREATE INDEX account_by_contact_email ON account (contact_email) WHERE contact_email IS NOT NULL;

-- What was done, by whom, from where. No foreign keys: an entry outlives what it tells of. `count` is more than one
-- where many of a kind were written as one row (pulls).
CREATE TABLE log_entry (
  id            {id},
  at_ms         {int} NOT NULL,
  kind          {text} NOT NULL,
  namespace_id  {int},
  repository_id {int},
  performer_id  {int},
  address       {text},
  metadata      {text} NOT NULL DEFAULT '{}',
  count         {int} NOT NULL DEFAULT 1
);
-- Each serves pages (newest first) and, covering, the sums by kind and day.
CREATE INDEX log_by_time ON log_entry (at_ms, id, kind, count);
CREATE INDEX log_by_namespace ON log_entry (namespace_id, at_ms, id, kind, count);
CREATE INDEX log_by_repository ON log_entry (repository_id, at_ms, id, kind, count) WHERE repository_id IS NOT NULL;
CREATE INDEX log_by_performer ON log_entry (namespace_id, performer_id, at_ms, id, kind, count);

-- An export of the log that somebody asked for. Its file is written while it is fetched; the code is its address.
CREATE TABLE log_export (
  id             {id},
  uuid           {text} NOT NULL UNIQUE,
  code_hash      {text} NOT NULL UNIQUE,
  sealed_code    {text} NOT NULL,
  namespace_id   {int} NOT NULL,
  repository_id  {int},
  performer_id   {int},
  start_ms       {int} NOT NULL,
  end_ms         {int} NOT NULL,
  callback_url   {text},
  callback_email {text},
  base_url       {text} NOT NULL,                 -- under which the caller reached us: the file's address
  created_ms     {int} NOT NULL,
  expires_ms     {int} NOT NULL,
  available_ms   {int} NOT NULL,
  attempts       {int} NOT NULL DEFAULT 0,
  done           {bool} NOT NULL DEFAULT FALSE
);
CREATE INDEX log_export_queue ON log_export (available_ms) WHERE NOT done;
CREATE INDEX log_export_by_expiry ON log_export (expires_ms);

-- Roles that repositories of an organization get when they are made.
CREATE TABLE prototype (
  id                    {id},
  uuid                  {text} NOT NULL UNIQUE,
  organization_id       {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  activating_account_id {int} REFERENCES account (id) ON DELETE CASCADE,  -- only for what they make; none: for all
  delegate_account_id   {int} REFERENCES account (id) ON DELETE CASCADE,
  delegate_team_id      {int} REFERENCES team (id) ON DELETE CASCADE,
  role                  {int} NOT NULL CHECK (role BETWEEN 1 AND 3),
  CHECK ((delegate_account_id IS NULL) <> (delegate_team_id IS NULL))
);
CREATE INDEX prototype_by_organization ON prototype (organization_id);
CREATE INDEX prototype_by_activating ON prototype (activating_account_id);
CREATE INDEX prototype_by_delegate ON prototype (delegate_account_id);
CREATE INDEX prototype_by_team ON prototype (delegate_team_id);

-- Somebody is asked into a team: a user, or whoever reads the mail. The code is part of a link: only its hash is kept.
CREATE TABLE team_invite (
  id         {id},
  code       {text} NOT NULL UNIQUE,
  team_id    {int} NOT NULL REFERENCES team (id) ON DELETE CASCADE,
  account_id {int} REFERENCES account (id) ON DELETE CASCADE,
  email      {text},
  inviter_id {int} REFERENCES account (id) ON DELETE SET NULL,
  created_ms {int} NOT NULL,
  CHECK ((account_id IS NULL) <> (email IS NULL)),
  UNIQUE (team_id, account_id),
  UNIQUE (team_id, email)
);
CREATE INDEX team_invite_by_account ON team_invite (account_id);
CREATE INDEX team_invite_by_email ON team_invite (email);

-- Whose tokens from elsewhere a robot takes for its password.
CREATE TABLE robot_federation (
  account_id {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  position   {int} NOT NULL,
  issuer     {text} NOT NULL,
  subject    {text} NOT NULL,
  PRIMARY KEY (account_id, position)
);

-- Links that were mailed to users. Only the hash of the code is kept.
CREATE TABLE email_code (
  code_hash  {text} NOT NULL PRIMARY KEY,
  kind       {text} NOT NULL CHECK (kind IN ('confirm', 'change', 'recover')),
  account_id {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  email      {text},                            -- the new address of 'change'
  created_ms {int} NOT NULL,
  expires_ms {int} NOT NULL
);
CREATE INDEX email_code_by_account ON email_code (account_id, kind);
CREATE INDEX email_code_by_expiry ON email_code (expires_ms);
CREATE INDEX email_code_by_email ON email_code (email, created_ms) WHERE email IS NOT NULL;

-- Mails that are still to be sent; the message is sealed, since it may hold such a code.
CREATE TABLE mail_queue (
  id             {id},
  sealed_message {text} NOT NULL,
  created_ms     {int} NOT NULL,
  available_ms   {int} NOT NULL,                -- a node that sends it moves this on, so that no other does
  attempts       {int} NOT NULL DEFAULT 0
);
CREATE INDEX mail_queue_by_time ON mail_queue (available_ms);

-- What the web UI tells a user, or the admins of an organization.
CREATE TABLE user_notification (
  id         {id},
  uuid       {text} NOT NULL UNIQUE,
  target_id  {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  kind       {text} NOT NULL,
  metadata   {text} NOT NULL DEFAULT '{}',
  lookup     {text} NOT NULL DEFAULT '',        -- finds those that are about one thing, to take them back
  dismissed  {bool} NOT NULL DEFAULT FALSE,
  created_ms {int} NOT NULL
);
CREATE INDEX user_notification_by_target ON user_notification (target_id, dismissed, id);
CREATE INDEX user_notification_by_lookup ON user_notification (kind, lookup);

CREATE TABLE global_message (
  id         {id},
  uuid       {text} NOT NULL UNIQUE,
  content    {text} NOT NULL,
  media_type {text} NOT NULL,
  severity   {text} NOT NULL,
  created_ms {int} NOT NULL
);

-- OAuth's web flow.
CREATE INDEX oauth_token_by_application ON oauth_token (application_id, id);
CREATE INDEX oauth_token_by_expiry ON oauth_token (expires_ms);
CREATE TABLE oauth_code (
  code_hash      {text} NOT NULL PRIMARY KEY,
  application_id {int} NOT NULL REFERENCES oauth_application (id) ON DELETE CASCADE,
  account_id     {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  scope          {text} NOT NULL,
  redirect_uri   {text} NOT NULL,
  challenge      {text},                        -- SHA-256 of the verifier, base64url; none: without PKCE
  token_uuid     {text},                        -- that was given for it: the code is used up
  created_ms     {int} NOT NULL,
  expires_ms     {int} NOT NULL
);
CREATE INDEX oauth_code_by_expiry ON oauth_code (expires_ms);
CREATE INDEX oauth_code_by_application ON oauth_code (application_id);
CREATE INDEX oauth_code_by_account ON oauth_code (account_id);
-- A user may give a token to an application although they do not administer its organization.
CREATE TABLE oauth_assignment (
  id             {id},
  uuid           {text} NOT NULL UNIQUE,
  application_id {int} NOT NULL REFERENCES oauth_application (id) ON DELETE CASCADE,
  account_id     {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  redirect_uri   {text} NOT NULL,
  scope          {text} NOT NULL,
  response_type  {text} NOT NULL,
  created_ms     {int} NOT NULL
);
CREATE INDEX oauth_assignment_by_account ON oauth_assignment (account_id);
CREATE INDEX oauth_assignment_by_application ON oauth_assignment (application_id);
CREATE INDEX app_token_by_expiry ON app_token (expires_ms);

-- Service keys that superusers make or approve, beside those of the nodes.
ALTER TABLE service_key ADD COLUMN name {text} NOT NULL DEFAULT '';
ALTER TABLE service_key ADD COLUMN metadata {text} NOT NULL DEFAULT '{}';
ALTER TABLE service_key ADD COLUMN rotation_s {int};
ALTER TABLE service_key ADD COLUMN approval_type {text};  -- none: nobody has approved it yet
ALTER TABLE service_key ADD COLUMN approver_id {int} REFERENCES account (id) ON DELETE SET NULL;
ALTER TABLE service_key ADD COLUMN approved_ms {int};
ALTER TABLE service_key ADD COLUMN notes {text} NOT NULL DEFAULT '';
UPDATE service_key SET approval_type = 'Automatic', approved_ms = created_ms;
CREATE INDEX service_key_by_service ON service_key (service, kid);
CREATE INDEX service_key_by_expiry ON service_key (expires_ms);

-- One row: what all blobs together take, as of its last counting.
CREATE TABLE registry_size (
  id         {int} NOT NULL PRIMARY KEY CHECK (id = 1),
  size_bytes {int} NOT NULL DEFAULT 0,
  ran_ms     {int},
  queued     {bool} NOT NULL DEFAULT FALSE,
  lease_ms   {int} NOT NULL DEFAULT 0             -- a node counts until then
);
INSERT INTO registry_size (id) VALUES (1);
