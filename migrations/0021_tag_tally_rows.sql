--@expand
-- PostgreSQL's tally of tags (0013) by row: triggers of statements with transition tables, which it was kept by, are not
-- to be had on every engine that speaks PostgreSQL's protocol. Older programs notice nothing of it.
--@postgres
DROP TRIGGER IF EXISTS tally_tags_added ON tag;
DROP TRIGGER IF EXISTS tally_tags_changed ON tag;
DROP TRIGGER IF EXISTS tally_tags_removed ON tag;
DROP FUNCTION IF EXISTS tally_tags();

CREATE FUNCTION tally_tag_added() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  INSERT INTO tag_tally_due (repository_id, hour, tags, endless)
    VALUES (NEW.repository_id, -1, 1, CASE WHEN NEW.end_ms = 9223372036854775807 THEN 1 ELSE 0 END),
           (NEW.repository_id, NEW.start_ms / 3600000, 1, CASE WHEN NEW.end_ms = 9223372036854775807 THEN 1 ELSE 0 END);
  RETURN NULL;
END $body$;
CREATE FUNCTION tally_tag_removed() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  INSERT INTO tag_tally_due (repository_id, hour, tags, endless)
    VALUES (OLD.repository_id, -1, -1, CASE WHEN OLD.end_ms = 9223372036854775807 THEN -1 ELSE 0 END),
           (OLD.repository_id, OLD.start_ms / 3600000, -1, CASE WHEN OLD.end_ms = 9223372036854775807 THEN -1 ELSE 0 END);
  RETURN NULL;
END $body$;
-- No tag's start, name or repository is ever changed.
CREATE FUNCTION tally_tag_changed() RETURNS trigger LANGUAGE plpgsql AS $body$
DECLARE
  more_tags BIGINT := CASE WHEN NEW.hidden THEN 0 ELSE 1 END - CASE WHEN OLD.hidden THEN 0 ELSE 1 END;
  more_endless BIGINT := CASE WHEN NOT NEW.hidden AND NEW.end_ms = 9223372036854775807 THEN 1 ELSE 0 END
                       - CASE WHEN NOT OLD.hidden AND OLD.end_ms = 9223372036854775807 THEN 1 ELSE 0 END;
BEGIN
  INSERT INTO tag_tally_due (repository_id, hour, tags, endless)
    VALUES (NEW.repository_id, -1, more_tags, more_endless),
           (NEW.repository_id, NEW.start_ms / 3600000, more_tags, more_endless);
  RETURN NULL;
END $body$;

CREATE TRIGGER tally_tag_added AFTER INSERT ON tag FOR EACH ROW WHEN (NOT NEW.hidden)
  EXECUTE FUNCTION tally_tag_added();
CREATE TRIGGER tally_tag_removed AFTER DELETE ON tag FOR EACH ROW WHEN (NOT OLD.hidden)
  EXECUTE FUNCTION tally_tag_removed();
CREATE TRIGGER tally_tag_changed AFTER UPDATE ON tag FOR EACH ROW
  WHEN (OLD.hidden <> NEW.hidden
        OR (NOT NEW.hidden AND (OLD.end_ms = 9223372036854775807) <> (NEW.end_ms = 9223372036854775807)))
  EXECUTE FUNCTION tally_tag_changed();
--@end
