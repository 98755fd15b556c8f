-- How many entries of the log there are of a kind on a day, so that nobody has to count a million of them. All that is
-- older than `before_ms` has been counted here; what is younger is counted when somebody asks. The server moves the
-- border on in steps, about an hour behind the clock, when no entry can come any more (one that does is added).
CREATE TABLE log_day (
  scope        {int} NOT NULL,  -- 0: the registry, 1: a namespace, 2: a repository, 3: one performer in a namespace
  owner_id     {int} NOT NULL,  -- the namespace or the repository; 0 of the registry
  performer_id {int} NOT NULL,  -- 0 in all others
  day          {int} NOT NULL,  -- since 1970, UTC
  kind         {text} NOT NULL,
  count        {int} NOT NULL,
  PRIMARY KEY (scope, owner_id, performer_id, day, kind)
);
CREATE INDEX log_day_empty ON log_day (scope, owner_id, performer_id, day, kind) WHERE count = 0;
CREATE TABLE log_day_border (
  id        {int} NOT NULL PRIMARY KEY CHECK (id = 1),
  before_ms {int} NOT NULL
);
INSERT INTO log_day_border (id, before_ms) VALUES (1, 0);
