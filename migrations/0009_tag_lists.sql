-- Lists of tags, and how many there are, come from an index alone: a page of a million tags reads no row beside its own.
DROP INDEX tag_by_start;
CREATE INDEX tag_by_start ON tag (repository_id, hidden, start_ms DESC, name, id DESC, end_ms);
DROP INDEX tag_by_end;
CREATE INDEX tag_by_end ON tag (repository_id, end_ms, hidden);
