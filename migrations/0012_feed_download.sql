-- Vulnerability feeds that the server fetches by itself (VULNERABILITY_FEEDS): one row a URL, and one node at a time
-- that fetches it. Times are milliseconds, as in 0001.
CREATE TABLE feed_download (
  url           {text} NOT NULL PRIMARY KEY,
  etag          {text} NOT NULL DEFAULT '',   -- as the server sent them with what was imported last
  last_modified {text} NOT NULL DEFAULT '',
  due_ms        {int} NOT NULL DEFAULT 0,     -- when it is asked for next
  lease_ms      {int} NOT NULL DEFAULT 0,     -- somebody is at it until then
  failures      {int} NOT NULL DEFAULT 0,     -- in a row
  error         {text},                       -- of the last attempt, if it failed
  checked_ms    {int} NOT NULL DEFAULT 0,     -- when the server was last asked with success
  imported_ms   {int} NOT NULL DEFAULT 0      -- when something new was last imported
);

-- Layers that are read anew when the readers find more.
CREATE INDEX layer_inventory_by_reader ON layer_inventory (reader, blob_id);
-- What went wrong, for superusers.
CREATE INDEX scan_error ON scan (manifest_id) WHERE error IS NOT NULL;
