-- Who is told of a service key that waits for approval.
CREATE INDEX account_superusers ON account (id) WHERE superuser;
-- Nodes approve their own keys.
UPDATE service_key SET approval_type = 'Automatic', approved_ms = created_ms
 WHERE service = 'quay' AND approval_type IS NULL;
