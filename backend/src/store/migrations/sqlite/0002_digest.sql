-- The digest of a stream's rows, kept as they change; 16 bytes.
ALTER TABLE stream ADD COLUMN digest BLOB NOT NULL DEFAULT x'00000000000000000000000000000000';

-- Counts the commits of all streams, so that a backup knows how far it holds each of them.
CREATE TABLE counter (
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    serial          INTEGER NOT NULL
) STRICT;

INSERT INTO counter VALUES (1, 0);

ALTER TABLE stream_commit ADD COLUMN serial INTEGER NOT NULL DEFAULT 0;

-- Backups that the server could be restored from.
CREATE TABLE backup (
    id              INTEGER PRIMARY KEY,
    -- Where it was written to, as it was said.
    place           TEXT    NOT NULL,
    taken           INTEGER NOT NULL,
    -- The last commit that it holds.
    serial          INTEGER NOT NULL
) STRICT;
