-- Where a blob's bytes are, in a store that leaves them where their upload wrote them (S3): a place of the store's own.
-- Empty: the digest alone says it. The line of a removal keeps the place of what is to go.
ALTER TABLE blob ADD COLUMN place {text} NOT NULL DEFAULT '';
ALTER TABLE blob_removal ADD COLUMN place {text} NOT NULL DEFAULT '';
-- Of bytes that lie somewhere: which blob has them, if any.
CREATE UNIQUE INDEX blob_by_place ON blob (place) WHERE place <> '';
