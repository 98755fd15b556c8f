-- What the scanner finds. Times are milliseconds, as in 0001.

-- What is in one layer, as its databases and files tell it: read once, however many images have the layer.
CREATE TABLE layer_inventory (
  blob_id    {int} NOT NULL PRIMARY KEY REFERENCES blob (id) ON DELETE CASCADE,
  reader     {int} NOT NULL,     -- the version of the readers that made it: older ones are made anew
  content    {bytes} NOT NULL,   -- compressed; empty: the blob is no layer that can be read
  indexed_ms {int} NOT NULL
);

-- From the name of a package to the layers that have it: which images a change of the feeds is about.
CREATE TABLE package_name (
  id           {id},
  kind         {text} NOT NULL,              -- "dpkg", "npm", …
  name         {text} NOT NULL,              -- of a binary or of a source package, as feeds are asked for it
  said         {text} NOT NULL DEFAULT '',   -- hash of what the feeds said of it when it was last looked up
  data_version {int} NOT NULL DEFAULT 0,     -- of the feeds then
  UNIQUE (kind, name)
);
CREATE INDEX package_name_by_name ON package_name (name);
CREATE INDEX package_name_by_version ON package_name (data_version, id);
CREATE TABLE layer_package (
  name_id {int} NOT NULL REFERENCES package_name (id),
  blob_id {int} NOT NULL REFERENCES layer_inventory (blob_id) ON DELETE CASCADE,
  PRIMARY KEY (name_id, blob_id)
);
CREATE INDEX layer_package_by_blob ON layer_package (blob_id);
-- Where packages of a kind are looked up: "debian:12" for "dpkg". The few that images here are of.
CREATE TABLE package_scope (
  kind  {text} NOT NULL,
  scope {text} NOT NULL,
  PRIMARY KEY (kind, scope)
);

-- What an image's packages are known for. It stays while the image is looked at again.
CREATE TABLE scan_report (
  manifest_id {int} NOT NULL PRIMARY KEY REFERENCES manifest (id) ON DELETE CASCADE,
  content     {bytes} NOT NULL,  -- compressed
  data_version {int} NOT NULL,   -- of the feeds that made it
  packages    {int} NOT NULL,
  critical    {int} NOT NULL,    -- findings of this severity, and so on
  high        {int} NOT NULL,
  medium      {int} NOT NULL,
  low         {int} NOT NULL,
  negligible  {int} NOT NULL,
  unknown     {int} NOT NULL,
  fixable_critical {int} NOT NULL,
  fixable     {int} NOT NULL,
  scanned_ms  {int} NOT NULL
);

-- Which images an issue is known of: for those who look for one.
CREATE TABLE issue_name (
  id   {id},
  name {text} NOT NULL UNIQUE
);
CREATE TABLE scan_issue (
  issue_id    {int} NOT NULL REFERENCES issue_name (id),
  manifest_id {int} NOT NULL REFERENCES manifest (id) ON DELETE CASCADE,
  PRIMARY KEY (issue_id, manifest_id)
);
CREATE INDEX scan_issue_by_manifest ON scan_issue (manifest_id);

-- The queue: new pushes first (priority 0), then what is looked at again. `wanted` outlives the status: a scanned
-- manifest that is wanted again keeps its report until the new one is there.
ALTER TABLE scan ADD COLUMN wanted {bool} NOT NULL DEFAULT FALSE;
ALTER TABLE scan ADD COLUMN error {text};
UPDATE scan SET wanted = TRUE WHERE status = 'queued';
DROP INDEX scan_queue;
CREATE INDEX scan_wanted ON scan (priority, available_ms, manifest_id) WHERE wanted;
