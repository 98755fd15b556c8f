-- Search. Names are looked through in the order in which they are shown; rare texts are found by their trigrams.

-- All that ever went on in the repository, as `repository_day` has it: what search ranks by. Kept by triggers.
ALTER TABLE repository ADD COLUMN popularity {int} NOT NULL DEFAULT 0;
UPDATE repository SET popularity =
  (SELECT CAST(COALESCE(sum(d.actions), 0) AS BIGINT) FROM repository_day d WHERE d.repository_id = repository.id);

-- Covering: a search that passes over a repository does not read its row.
CREATE INDEX repository_by_popularity ON repository (popularity DESC, id, name, namespace_id, visibility, deleted_ms)
  WHERE deleted_ms IS NULL;
CREATE INDEX repository_by_name ON repository (name, popularity DESC, id) WHERE deleted_ms IS NULL;
CREATE INDEX account_names ON account (name) WHERE kind <> 'robot' AND deleted_ms IS NULL;

--@sqlite
CREATE TRIGGER repository_day_added AFTER INSERT ON repository_day BEGIN
  UPDATE repository SET popularity = popularity + new.actions WHERE id = new.repository_id;
END;
CREATE TRIGGER repository_day_changed AFTER UPDATE OF actions ON repository_day BEGIN
  UPDATE repository SET popularity = popularity + new.actions - old.actions WHERE id = new.repository_id;
END;
CREATE TRIGGER repository_day_removed AFTER DELETE ON repository_day BEGIN
  UPDATE repository SET popularity = popularity - old.actions WHERE id = old.repository_id;
END;

-- The trigrams of live repositories. A virtual table may not be used in triggers (trusted_schema is off, so that a
-- tampered file can do nothing with them). So they note what has changed, and search looks at that too, until the
-- server has brought the index up to date.
CREATE VIRTUAL TABLE repository_text USING fts5 (name, description, tokenize = 'trigram');
CREATE TABLE repository_text_due (repository_id INTEGER PRIMARY KEY);
INSERT INTO repository_text_due SELECT id FROM repository WHERE deleted_ms IS NULL;
CREATE TRIGGER repository_text_added AFTER INSERT ON repository BEGIN
  INSERT INTO repository_text_due SELECT new.id
   WHERE NOT EXISTS (SELECT 1 FROM repository_text_due WHERE repository_id = new.id);
END;
CREATE TRIGGER repository_text_changed AFTER UPDATE OF name, description, deleted_ms ON repository BEGIN
  INSERT INTO repository_text_due SELECT new.id
   WHERE NOT EXISTS (SELECT 1 FROM repository_text_due WHERE repository_id = new.id);
END;
CREATE TRIGGER repository_text_removed AFTER DELETE ON repository BEGIN
  INSERT INTO repository_text_due SELECT old.id
   WHERE NOT EXISTS (SELECT 1 FROM repository_text_due WHERE repository_id = old.id);
END;
--@end

--@postgres
CREATE FUNCTION count_popularity() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    UPDATE repository SET popularity = popularity + NEW.actions - CASE WHEN TG_OP = 'UPDATE' THEN OLD.actions ELSE 0 END
     WHERE id = NEW.repository_id;
  ELSE
    UPDATE repository SET popularity = popularity - OLD.actions WHERE id = OLD.repository_id;
  END IF;
  RETURN NULL;
END $body$;
CREATE TRIGGER count_popularity AFTER INSERT OR DELETE OR UPDATE OF actions ON repository_day
  FOR EACH ROW EXECUTE FUNCTION count_popularity();

-- pg_trgm comes with PostgreSQL's contrib package. Where it is missing, or may not be made by this user, search finds
-- the same, but reads every description. Whoever adds it later makes the index by this statement.
DO $body$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX repository_text ON repository USING gin (name gin_trgm_ops, lower(description) gin_trgm_ops)
    WHERE deleted_ms IS NULL;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR undefined_object OR feature_not_supported THEN
  RAISE NOTICE 'search without trigrams: %', SQLERRM;
END $body$;
--@end
