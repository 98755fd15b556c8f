--@expand
-- What all nodes of this registry must agree on, by name:
--   id                what it notes beside its blobs: what a store holds for another registry is not this one's to delete
--   database_secret   a text that is sealed with DATABASE_SECRET_KEY: who cannot open it cannot read what nodes sealed
--   secret            derived from SECRET_KEY
CREATE TABLE registry_identity (
  name  {text} NOT NULL PRIMARY KEY,
  value {text} NOT NULL
);
