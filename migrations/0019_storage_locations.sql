--@expand
-- Names that places may carry in front: "@<id>/…". Written by each server that starts with several storage locations,
-- and never deleted: a row that nobody can resolve just now still holds its bytes.
CREATE TABLE storage_location (
  id {text} NOT NULL PRIMARY KEY
);

-- Bytes that no row points to, and that stay for a while all the same: what a blob left behind when it moved to another
-- storage location, for those who read it there just now; and what is about to be put at a place by a move, for the case
-- that it never ends. Whoever makes a row point there deletes the line first.
--
-- A line is open (lease_ms 0), taken by who deletes the bytes (lease_ms), or closed (removed_ms). A closed one stays for
-- a day: an upload that began before sees by its id that the bytes went meanwhile.
CREATE TABLE blob_left (
  id         {id},
  location   {text} NOT NULL,
  place      {text} NOT NULL UNIQUE,                    -- "@<location>/…"
  digest     {text} NOT NULL,
  size_bytes {int} NOT NULL,
  due_ms     {int} NOT NULL,                            -- they may go from then on; 2^63 - 1: they are kept
  lease_ms   {int} NOT NULL DEFAULT 0,
  removed_ms {int}
);
CREATE INDEX blob_left_by_digest ON blob_left (digest);
CREATE INDEX blob_left_due ON blob_left (location, due_ms) WHERE removed_ms IS NULL;
CREATE INDEX blob_left_done ON blob_left (removed_ms) WHERE removed_ms IS NOT NULL;
