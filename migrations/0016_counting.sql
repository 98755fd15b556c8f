-- What takes long to count, counted by one node at a time when somebody wants it: "size", what all blobs take;
-- "insight", the registry in numbers.
CREATE TABLE counting (
  name     {text} NOT NULL PRIMARY KEY,
  content  {text} NOT NULL DEFAULT '',     -- as of the last count
  ran_ms   {int},                          -- when that ended
  took_ms  {int} NOT NULL DEFAULT 0,       -- and how long it took
  queued   {bool} NOT NULL DEFAULT FALSE,  -- a count is wanted, or under way
  begun_ms {int} NOT NULL DEFAULT 0,
  lease_ms {int} NOT NULL DEFAULT 0        -- a node counts until then
);
INSERT INTO counting (name, content, ran_ms, queued)
  SELECT 'size', CAST(size_bytes AS TEXT), ran_ms, queued FROM registry_size;
INSERT INTO counting (name) VALUES ('insight');
DROP TABLE registry_size;
