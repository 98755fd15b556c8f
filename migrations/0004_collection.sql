-- What garbage collection remembers from one step to the next, so that a crash loses none of it, and the indexes that
-- let it find and delete rows without looking at those that stay. Times are milliseconds, as in 0001.

-- Rows that have lost something that held them: to be looked at, and deleted unless something else holds them.
CREATE TABLE orphan_manifest (
  manifest_id {int} NOT NULL PRIMARY KEY REFERENCES manifest (id) ON DELETE CASCADE
);
CREATE TABLE orphan_blob (
  blob_id {int} NOT NULL PRIMARY KEY REFERENCES blob (id) ON DELETE CASCADE
);

-- Manifests that were deleted while others in the repository had them for their subject: those are to go too.
CREATE TABLE dead_subject (
  repository_id {int} NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  digest        {text} NOT NULL,
  PRIMARY KEY (repository_id, digest)
);

-- Bytes that lost their row in `blob`. While `removed_ms` is none the file may be there or not, and nobody may make a
-- row for this digest. Afterwards the line stays for a day: an upload that began before sees by its id that the file
-- went meanwhile.
CREATE TABLE blob_removal (
  id         {id},
  digest     {text} NOT NULL UNIQUE,
  size_bytes {int} NOT NULL,
  lease_ms   {int} NOT NULL,                            -- somebody is at it until then
  removed_ms {int}
);
CREATE INDEX blob_removal_open ON blob_removal (lease_ms) WHERE removed_ms IS NULL;
CREATE INDEX blob_removal_done ON blob_removal (removed_ms) WHERE removed_ms IS NOT NULL;

-- One row: which node collects, so that several do not do the same work.
CREATE TABLE collection (
  id       {int} NOT NULL PRIMARY KEY CHECK (id = 1),
  holder   {text} NOT NULL DEFAULT '',
  lease_ms {int} NOT NULL DEFAULT 0
);
INSERT INTO collection (id) VALUES (1);

CREATE INDEX repository_deleted ON repository (id) WHERE deleted_ms IS NOT NULL;
CREATE INDEX account_deleted ON account (id) WHERE deleted_ms IS NOT NULL;
-- What a deleted row takes along is found through these.
CREATE INDEX blob_alias_by_blob ON blob_alias (blob_id);
CREATE INDEX upload_by_repository ON upload (repository_id);
CREATE INDEX star_by_repository ON star (repository_id);
CREATE INDEX team_invite_by_inviter ON team_invite (inviter_id);
CREATE INDEX service_key_by_approver ON service_key (approver_id);
