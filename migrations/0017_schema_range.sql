-- Which programs may work with this database: those that know the step `oldest` (docs/adr/0011). One row.
CREATE TABLE schema_range (
  oldest {int} NOT NULL
);
INSERT INTO schema_range (oldest) VALUES (17);
