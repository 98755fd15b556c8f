--@expand
-- What an image runs on, as its configuration says when it is pushed: "linux/arm64/v8", in OCI's words. "" for lists,
-- artifacts, and images that were pushed before.
ALTER TABLE manifest ADD COLUMN platform {text} NOT NULL DEFAULT '';
