-- Policies of immutability are applied to the tags that are there in steps: how far each has come. A row goes when its
-- policy has been applied to everything.
CREATE TABLE immutability_walk (
  policy_id     {int} NOT NULL PRIMARY KEY REFERENCES immutability_policy (id) ON DELETE CASCADE,
  repository_id {int} NOT NULL,  -- the repository that is walked, by id
  name          {text} NOT NULL, -- the last tag in it that was looked at, by name
  marked        {int} NOT NULL   -- tags made immutable so far
);
CREATE UNIQUE INDEX immutability_policy_once
    ON immutability_policy (namespace_id, COALESCE(repository_id, 0), pattern);
