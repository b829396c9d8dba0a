-- Of the stream's confirmed rows; 16 bytes. Unknown until it is first needed.
ALTER TABLE stream ADD COLUMN digest BLOB;
-- The rows are not those of the server at this cursor: they are to be repaired.
ALTER TABLE stream ADD COLUMN differs INTEGER NOT NULL DEFAULT 0;

-- Revision of `me` up to which the server can't lose anything; unknown where it has no backup.
ALTER TABLE replica ADD COLUMN backed INTEGER;
-- When the stored rows were last compared with the digests, by the server's time.
ALTER TABLE replica ADD COLUMN scrubbed INTEGER NOT NULL DEFAULT 0;

-- Mutations whose effect is in the rows, above what is backed: a server that was restored gets them again.
CREATE TABLE acknowledged (
    -- As in the outbox.
    position INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    v INTEGER NOT NULL,
    at TEXT NOT NULL,
    stamp INTEGER,
    record TEXT,
    body TEXT NOT NULL,
    -- Revision of `me` at which the effect is in the rows; unknown while pages wait.
    rev INTEGER
) STRICT;
CREATE INDEX acknowledged_record ON acknowledged (record) WHERE record IS NOT NULL;
