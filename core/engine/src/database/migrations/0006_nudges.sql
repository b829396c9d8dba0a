-- What of a contact can move somebody: when they are to be called, and when they were born.
ALTER TABLE contact ADD COLUMN follow_up TEXT NOT NULL DEFAULT '';
ALTER TABLE contact ADD COLUMN birthday TEXT NOT NULL DEFAULT '';
-- Another phone may have written them before this one could read them.
UPDATE contact SET follow_up = coalesce(json_extract(value, '$.f.follow_up[0]'), ''), birthday = coalesce(json_extract(value, '$.f.birthday[0]'), '')
    FROM row WHERE row.stream = 'me' AND row.kind = 'contact' AND row.id = contact.id AND json_valid(row.value);
CREATE INDEX contact_by_follow_up ON contact (follow_up) WHERE follow_up <> '';
CREATE INDEX contact_by_birthday ON contact (birthday) WHERE birthday <> '';

-- The plan of nudges as the platform has it.
CREATE TABLE nudge (
    id TEXT PRIMARY KEY,
    -- By the server's clock: when it is shown, and from when on not any more.
    at INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    -- scheduled; held: nothing is shown; message: it may not be shown, and waits in the messages.
    state TEXT NOT NULL,
    -- JSON
    decision TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Whether a rule's segment held when this phone last planned.
CREATE TABLE nudge_segment (
    rule TEXT PRIMARY KEY,
    holds INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was asked of the lease of notifications last, by which device, and when, by the server's time: so it is asked once a day.
CREATE TABLE nudge_asked (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    ask TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
