-- Times when the database came to be behind what it once was.
CREATE TABLE restore (
    id              INTEGER PRIMARY KEY,
    -- When it was restored, or when it was noticed.
    at              INTEGER NOT NULL,
    -- When the backup was taken; NULL where nobody knows.
    since           INTEGER,
    -- The device that proved it.
    told_by         TEXT
) STRICT;

-- 1: its phone goes on under another id. 0: one of two phones that have it is about to. NULL: neither, or something was sent with it since.
ALTER TABLE device ADD COLUMN succeeded INTEGER;

-- Devices that may have sent what was lost with a restore. Closed: it has been back since, or staff have dealt with it.
CREATE TABLE gap (
    device          TEXT    NOT NULL,
    restore         INTEGER NOT NULL REFERENCES restore (id),
    -- The account's opaque id and the company's id of the person: the database may know neither.
    account         TEXT    NOT NULL,
    distributor     TEXT    NOT NULL,
    closed          INTEGER,
    PRIMARY KEY (device, restore)
) STRICT, WITHOUT ROWID;

CREATE INDEX gap_open ON gap (restore) WHERE closed IS NULL;

-- Histories of streams that are over: up to which revision the next one goes on from them, and the newest that a phone held.
CREATE TABLE history (
    stream          INTEGER NOT NULL REFERENCES stream (id),
    epoch           TEXT    NOT NULL,
    rev             INTEGER NOT NULL,
    seen            INTEGER NOT NULL,
    PRIMARY KEY (stream, epoch)
) STRICT, WITHOUT ROWID;
