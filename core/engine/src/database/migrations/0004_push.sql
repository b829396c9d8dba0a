-- How this device can be woken, as the app said last, and what of it the server was told.
CREATE TABLE push (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- The mutation's body but for the language; NULL: not at all.
    token TEXT,
    -- The body that was put into the outbox last; NULL: none, or one that says: not at all.
    told TEXT,
    -- The device whose outbox that was, and when, by the server's time.
    device TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
