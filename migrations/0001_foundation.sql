-- The tables of the foundation. Times are milliseconds since 1970 in UTC; 9223372036854775807 means "for ever".
-- Roles are ranks, so that the best of several is a max(): repositories 1 read, 2 write, 3 admin; teams 1 member,
-- 2 creator, 3 admin.

-- Users, organizations and robots share one name space, as in Quay.
CREATE TABLE account (
  id                    {id},
  uuid                  {text} NOT NULL UNIQUE,
  kind                  {text} NOT NULL CHECK (kind IN ('user', 'organization', 'robot')),
  name                  {text} NOT NULL UNIQUE,
  owner_id              {int} REFERENCES account (id),  -- a robot's namespace
  email                 {text} UNIQUE,
  contact_email         {text},                         -- an organization's; may be shared
  verified              {bool} NOT NULL DEFAULT FALSE,
  enabled               {bool} NOT NULL DEFAULT TRUE,
  superuser             {bool} NOT NULL DEFAULT FALSE,  -- the first user, where the configuration names none
  password_hash         {text},                         -- bcrypt; none for organizations and robots
  sealed_token          {text},                         -- a robot's token, encrypted
  description           {text} NOT NULL DEFAULT '',
  metadata              {text} NOT NULL DEFAULT '{}',   -- a robot's unstructured metadata, JSON
  invoice_email         {bool} NOT NULL DEFAULT FALSE,
  invoice_email_address {text},
  tag_expiration_s      {int} NOT NULL DEFAULT 1209600,
  created_ms            {int} NOT NULL,
  last_accessed_ms      {int},
  failed_logins         {int} NOT NULL DEFAULT 0,
  last_failed_login_ms  {int} NOT NULL DEFAULT 0,
  deleted_ms            {int}
);
CREATE INDEX account_by_owner ON account (owner_id, name);

-- Names of deleted namespaces: nobody gets one before what it held is purged.
CREATE TABLE reserved_name (
  name       {text} NOT NULL PRIMARY KEY,
  account_id {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE
);
CREATE INDEX reserved_name_by_account ON reserved_name (account_id);

CREATE TABLE team (
  id              {id},
  organization_id {int} NOT NULL REFERENCES account (id),
  name            {text} NOT NULL,
  role            {int} NOT NULL CHECK (role BETWEEN 1 AND 3),
  description     {text} NOT NULL DEFAULT '',
  created_ms      {int} NOT NULL,
  UNIQUE (organization_id, name)
);

CREATE TABLE team_member (
  team_id    {int} NOT NULL REFERENCES team (id) ON DELETE CASCADE,
  account_id {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  PRIMARY KEY (team_id, account_id)
);
CREATE INDEX team_member_by_account ON team_member (account_id, team_id);

CREATE TABLE repository (
  id           {id},
  namespace_id {int} NOT NULL REFERENCES account (id),
  name         {text} NOT NULL,  -- a deleted one is renamed, so that its name is free at once
  visibility   {text} NOT NULL CHECK (visibility IN ('public', 'private')),
  state        {text} NOT NULL DEFAULT 'NORMAL' CHECK (state IN ('NORMAL', 'READ_ONLY', 'MIRROR', 'ORG_MIRROR')),
  kind         {text} NOT NULL DEFAULT 'image' CHECK (kind IN ('image', 'application')),
  description  {text} NOT NULL DEFAULT '',
  badge_token  {text} NOT NULL,
  created_ms   {int} NOT NULL,
  deleted_ms   {int},
  UNIQUE (namespace_id, name)
);
CREATE INDEX repository_public ON repository (id) WHERE visibility = 'public' AND deleted_ms IS NULL;

CREATE TABLE repository_permission (
  id            {id},
  repository_id {int} NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  account_id    {int} REFERENCES account (id) ON DELETE CASCADE,
  team_id       {int} REFERENCES team (id) ON DELETE CASCADE,
  role          {int} NOT NULL CHECK (role BETWEEN 1 AND 3),
  CHECK ((account_id IS NULL) <> (team_id IS NULL)),
  UNIQUE (repository_id, account_id),
  UNIQUE (repository_id, team_id)
);
CREATE INDEX repository_permission_by_account ON repository_permission (account_id, repository_id);
CREATE INDEX repository_permission_by_team ON repository_permission (team_id, repository_id);

CREATE TABLE star (
  account_id    {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  repository_id {int} NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  created_ms    {int} NOT NULL,
  PRIMARY KEY (account_id, repository_id)
);

-- Content. A blob is named by its sha256 and stored once; other digests of the same bytes are aliases.
CREATE TABLE blob (
  id         {id},
  digest     {text} NOT NULL UNIQUE,
  size_bytes {int} NOT NULL,
  created_ms {int} NOT NULL
);
CREATE TABLE blob_alias (
  digest  {text} NOT NULL PRIMARY KEY,
  blob_id {int} NOT NULL REFERENCES blob (id) ON DELETE CASCADE
);

-- A blob that was uploaded to or mounted into a repository: visible there until then, whatever refers to it.
CREATE TABLE repository_blob (
  repository_id {int} NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  blob_id       {int} NOT NULL REFERENCES blob (id),
  expires_ms    {int} NOT NULL,
  PRIMARY KEY (repository_id, blob_id)
);
CREATE INDEX repository_blob_by_expiry ON repository_blob (expires_ms);
CREATE INDEX repository_blob_by_blob ON repository_blob (blob_id);

CREATE TABLE manifest (
  id                {id},
  repository_id     {int} NOT NULL REFERENCES repository (id),
  digest            {text} NOT NULL,  -- of `content`, under the algorithm it was pushed with
  media_type        {text} NOT NULL,
  content           {bytes} NOT NULL, -- byte for byte as pushed
  is_list           {bool} NOT NULL,
  layers_size_bytes {int} NOT NULL,   -- of an image's layers; 0 for a list
  config_media_type {text},
  artifact_type     {text},
  subject_digest    {text},
  annotations       {text} NOT NULL DEFAULT '{}',  -- JSON, for the list of referrers
  created_ms        {int} NOT NULL,
  UNIQUE (repository_id, digest)
);
CREATE INDEX manifest_by_subject ON manifest (repository_id, subject_digest) WHERE subject_digest IS NOT NULL;

CREATE TABLE manifest_blob (
  manifest_id   {int} NOT NULL REFERENCES manifest (id) ON DELETE CASCADE,
  blob_id       {int} NOT NULL REFERENCES blob (id),
  repository_id {int} NOT NULL REFERENCES repository (id),
  hidden        {bool} NOT NULL DEFAULT FALSE,  -- the blob was deleted while only dead manifests had it
  PRIMARY KEY (manifest_id, blob_id)
);
CREATE INDEX manifest_blob_by_repository ON manifest_blob (repository_id, blob_id);
CREATE INDEX manifest_blob_by_blob ON manifest_blob (blob_id);

-- The entries of an image index, in its order.
CREATE TABLE manifest_child (
  manifest_id  {int} NOT NULL REFERENCES manifest (id) ON DELETE CASCADE,
  position     {int} NOT NULL,
  child_digest {text} NOT NULL,
  child_id     {int} REFERENCES manifest (id),  -- none where the entry is not here (a sparse index)
  PRIMARY KEY (manifest_id, position)
);
CREATE INDEX manifest_child_by_child ON manifest_child (child_id);
CREATE INDEX manifest_child_orphans ON manifest_child (child_digest) WHERE child_id IS NULL;

-- Every generation of every tag. The live one ends in the future; moving or deleting a tag ends it now.
-- Hidden tags hold what was pushed by digest alone.
CREATE TABLE tag (
  id            {id},
  repository_id {int} NOT NULL REFERENCES repository (id),
  name          {text} NOT NULL,
  manifest_id   {int} NOT NULL REFERENCES manifest (id),
  start_ms      {int} NOT NULL,
  end_ms        {int} NOT NULL DEFAULT 9223372036854775807,
  hidden        {bool} NOT NULL DEFAULT FALSE,
  moved         {bool} NOT NULL DEFAULT FALSE,  -- it ended because the name moved on, not by a deletion
  reversion     {bool} NOT NULL DEFAULT FALSE,
  immutable     {bool} NOT NULL DEFAULT FALSE
);
CREATE INDEX tag_by_name ON tag (repository_id, name, end_ms);
CREATE UNIQUE INDEX tag_lives_once ON tag (repository_id, name) WHERE end_ms = 9223372036854775807;
CREATE INDEX tag_by_manifest ON tag (manifest_id, end_ms);
CREATE INDEX tag_by_start ON tag (repository_id, hidden, start_ms, name);
CREATE INDEX tag_by_end ON tag (repository_id, end_ms);

CREATE TABLE upload (
  id            {text} NOT NULL PRIMARY KEY,
  repository_id {int} NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  size_bytes    {int} NOT NULL,
  hash          {text} NOT NULL,
  backend       {text} NOT NULL,
  created_ms    {int} NOT NULL,
  updated_ms    {int} NOT NULL
);
CREATE INDEX upload_by_age ON upload (updated_ms);

-- Credentials. Only a prefix of a token is kept in clear; the rest is hashed.
CREATE TABLE oauth_application (
  id              {id},
  organization_id {int} NOT NULL REFERENCES account (id),
  client_id       {text} NOT NULL UNIQUE,
  name            {text} NOT NULL,
  description     {text} NOT NULL DEFAULT '',
  application_uri {text} NOT NULL DEFAULT '',
  redirect_uri    {text} NOT NULL DEFAULT '',
  avatar_email    {text},
  sealed_secret   {text} NOT NULL,
  created_ms      {int} NOT NULL
);
CREATE INDEX oauth_application_by_organization ON oauth_application (organization_id);

CREATE TABLE oauth_token (
  id               {id},
  uuid             {text} NOT NULL UNIQUE,
  application_id   {int} REFERENCES oauth_application (id) ON DELETE CASCADE,
  account_id       {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  name             {text},
  prefix           {text} NOT NULL UNIQUE,
  secret_hash      {text} NOT NULL,
  scope            {text} NOT NULL,
  created_ms       {int} NOT NULL,
  expires_ms       {int} NOT NULL,
  last_accessed_ms {int}
);
CREATE INDEX oauth_token_by_account ON oauth_token (account_id);

CREATE TABLE app_token (
  id               {id},
  uuid             {text} NOT NULL UNIQUE,
  account_id       {int} NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  title            {text} NOT NULL,
  prefix           {text} NOT NULL UNIQUE,
  sealed_secret    {text} NOT NULL,
  created_ms       {int} NOT NULL,
  expires_ms       {int} NOT NULL DEFAULT 9223372036854775807,
  last_accessed_ms {int}
);
CREATE INDEX app_token_by_account ON app_token (account_id);

-- The public halves of the keys that sign registry tokens: every node can check what another signed.
CREATE TABLE service_key (
  kid        {text} NOT NULL PRIMARY KEY,
  service    {text} NOT NULL,
  jwk        {text} NOT NULL,
  created_ms {int} NOT NULL,
  expires_ms {int} NOT NULL DEFAULT 9223372036854775807
);

-- One row a manifest: what the scanner has to do, and how it went.
CREATE TABLE scan (
  manifest_id  {int} NOT NULL PRIMARY KEY REFERENCES manifest (id) ON DELETE CASCADE,
  status       {text} NOT NULL CHECK (status IN ('queued', 'scanned', 'unsupported', 'failed')),
  priority     {int} NOT NULL DEFAULT 0,
  available_ms {int} NOT NULL,
  lease_ms     {int} NOT NULL DEFAULT 0,
  attempts     {int} NOT NULL DEFAULT 0
);
CREATE INDEX scan_queue ON scan (status, priority, available_ms);
