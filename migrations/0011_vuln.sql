-- What is known of vulnerabilities. Every import of a feed writes rows of its own, in as many transactions as it likes;
-- readers see the rows of imports that are 'current' alone, and one transaction makes a new one current in the place of
-- the old. Why it is so: docs/adr/0007-vulnerability-data.md. Bodies are packed and compressed, see src/vuln/store.h.

CREATE TABLE vuln_import (
  id          {id},
  feed        {text} NOT NULL,                          -- "debian-tracker", "osv/PyPI"
  state       {text} NOT NULL CHECK (state IN ('writing', 'current', 'old')),
  lease_ms    {int} NOT NULL,                           -- while it is being written: somebody is at it until then
  finished_ms {int} NOT NULL DEFAULT 0,
  format      {int} NOT NULL,                           -- of the bodies; another one is not read
  advisories  {int} NOT NULL DEFAULT 0,
  entries     {int} NOT NULL DEFAULT 0,
  skipped     {int} NOT NULL DEFAULT 0                  -- records that could not be understood
);
CREATE UNIQUE INDEX vuln_import_current ON vuln_import (feed) WHERE state = 'current';

-- What one import says of one name in one scope: a package of a release or an ecosystem, or a note. Long ones have
-- several rows.
CREATE TABLE vuln_entry (
  id        {id},
  import_id {int} NOT NULL REFERENCES vuln_import (id),
  scope     {text} NOT NULL,                            -- "debian:12", "pypi", "cve-epss"
  name      {text} NOT NULL,
  body      {bytes} NOT NULL
);
CREATE INDEX vuln_entry_by_name ON vuln_entry (scope, name, import_id);
CREATE INDEX vuln_entry_by_import ON vuln_entry (import_id);

-- The advisories of an import, many to a row: they are needed for what was found alone.
CREATE TABLE vuln_text (
  id        {id},
  import_id {int} NOT NULL REFERENCES vuln_import (id),
  block     {int} NOT NULL,
  body      {bytes} NOT NULL
);
CREATE UNIQUE INDEX vuln_text_block ON vuln_text (import_id, block);
