-- How many tags there are, so that nobody has to count them: a page far down a long list is found by adding up hours,
-- and the number of a repository's tags by one row. Kept by triggers, in the transaction of the change.
-- `hour` is that of the tag's start, since 1970; -1 is the repository as a whole. Hidden tags do not count. `endless`
-- are those that do not end: whether one that ends still lives only the clock knows.
CREATE TABLE tag_tally (
  repository_id {int} NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  hour          {int} NOT NULL,
  tags          {int} NOT NULL,
  endless       {int} NOT NULL,
  PRIMARY KEY (repository_id, hour)
);
CREATE INDEX tag_tally_empty ON tag_tally (repository_id, hour) WHERE tags = 0 AND endless = 0;
-- PostgreSQL: what is to be added to it. Two pushes into one repository would wait for each other if they both changed
-- its row; so each adds lines of its own here, which the server adds up. Whoever reads the tally adds these.
CREATE TABLE tag_tally_due (
  id            {id},
  repository_id {int} NOT NULL REFERENCES repository (id) ON DELETE CASCADE,
  hour          {int} NOT NULL,
  tags          {int} NOT NULL,
  endless       {int} NOT NULL
);
CREATE INDEX tag_tally_due_by_repository ON tag_tally_due (repository_id, hour);

INSERT INTO tag_tally (repository_id, hour, tags, endless)
  SELECT repository_id, start_ms / 3600000, count(*), count(CASE WHEN end_ms = 9223372036854775807 THEN 1 END)
    FROM tag WHERE NOT hidden GROUP BY repository_id, start_ms / 3600000;
INSERT INTO tag_tally (repository_id, hour, tags, endless)
  SELECT repository_id, -1, CAST(sum(tags) AS BIGINT), CAST(sum(endless) AS BIGINT)
    FROM tag_tally GROUP BY repository_id;

-- With the start, to find those that end and still live by the hour of their start.
DROP INDEX tag_by_end;
CREATE INDEX tag_by_end ON tag (repository_id, end_ms, hidden, start_ms);

--@sqlite
CREATE TRIGGER tag_tally_added AFTER INSERT ON tag WHEN NOT new.hidden BEGIN
  INSERT INTO tag_tally (repository_id, hour, tags, endless)
    VALUES (new.repository_id, -1, 1, new.end_ms = 9223372036854775807),
           (new.repository_id, new.start_ms / 3600000, 1, new.end_ms = 9223372036854775807)
    ON CONFLICT (repository_id, hour) DO UPDATE SET tags = tags + 1, endless = endless + excluded.endless;
END;
CREATE TRIGGER tag_tally_removed AFTER DELETE ON tag WHEN NOT old.hidden BEGIN
  UPDATE tag_tally SET tags = tags - 1, endless = endless - (old.end_ms = 9223372036854775807)
   WHERE repository_id = old.repository_id AND hour IN (-1, old.start_ms / 3600000);
END;
-- No tag's start, name or repository is ever changed.
CREATE TRIGGER tag_tally_changed AFTER UPDATE OF hidden, end_ms ON tag
  WHEN old.hidden <> new.hidden OR (old.end_ms = 9223372036854775807) <> (new.end_ms = 9223372036854775807) BEGIN
  INSERT INTO tag_tally (repository_id, hour, tags, endless)
    VALUES (new.repository_id, -1, 0, 0), (new.repository_id, new.start_ms / 3600000, 0, 0)
    ON CONFLICT (repository_id, hour) DO NOTHING;
  UPDATE tag_tally
     SET tags = tags + (NOT new.hidden) - (NOT old.hidden),
         endless = endless + (NOT new.hidden AND new.end_ms = 9223372036854775807)
                           - (NOT old.hidden AND old.end_ms = 9223372036854775807)
   WHERE repository_id = new.repository_id AND hour IN (-1, new.start_ms / 3600000);
END;

-- The trigrams of tags' names, of the repositories that have very many: reading through the names of all others is as
-- quick, and their pushes do not pay for it. As with repository_text, triggers note what has changed and the server
-- brings the index up to date. A repository's older tags are gone through once, in steps, from `next_id` to `last_id`.
CREATE INDEX tag_tally_large ON tag_tally (repository_id) WHERE hour = -1 AND tags >= 20000;
CREATE VIRTUAL TABLE tag_text USING fts5 (name, tokenize = 'trigram');
CREATE TABLE tag_text_scope (
  repository_id INTEGER PRIMARY KEY REFERENCES repository (id) ON DELETE CASCADE,
  next_id       INTEGER NOT NULL,
  last_id       INTEGER NOT NULL
);
CREATE INDEX tag_text_scope_begun ON tag_text_scope (repository_id) WHERE next_id <= last_id;
CREATE TABLE tag_text_due (tag_id INTEGER PRIMARY KEY);
CREATE TRIGGER tag_text_added AFTER INSERT ON tag
  WHEN EXISTS (SELECT 1 FROM tag_text_scope WHERE repository_id = new.repository_id) BEGIN
  INSERT INTO tag_text_due VALUES (new.id);
END;
CREATE TRIGGER tag_text_removed AFTER DELETE ON tag
  WHEN EXISTS (SELECT 1 FROM tag_text_scope WHERE repository_id = old.repository_id) BEGIN
  INSERT INTO tag_text_due SELECT old.id WHERE NOT EXISTS (SELECT 1 FROM tag_text_due WHERE tag_id = old.id);
END;
--@end

-- PostgreSQL's triggers: 0021.

--@postgres
-- As for repositories (0005): where pg_trgm is missing, names are read through.
DO $body$
BEGIN
  CREATE INDEX tag_text ON tag USING gin (lower(name) gin_trgm_ops) WHERE NOT hidden;
EXCEPTION WHEN undefined_object OR feature_not_supported THEN
  RAISE NOTICE 'search in names of tags without trigrams: %', SQLERRM;
END $body$;
--@end
