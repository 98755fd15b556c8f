--@expand
-- Failed logins that no account's row counts, for every node to see: by name (nobody's; hashed, since people type
-- passwords there too) and by client address. Written by failures alone; old rows are deleted by later failures.
CREATE TABLE sign_in_failure (
  key      {text} NOT NULL PRIMARY KEY,  -- "name:<hash>", "address:<IPv4, or the /64 of an IPv6>"
  failures {int} NOT NULL,
  at_ms    {int} NOT NULL                -- a name: of the last one; an address: when all will be forgiven
);
CREATE INDEX sign_in_failure_at ON sign_in_failure (at_ms);
