-- How a device can be woken.
CREATE TABLE push_token (
    device          INTEGER PRIMARY KEY REFERENCES device (id),
    -- 'fcm' or 'apns'
    vendor          TEXT    NOT NULL,
    -- NULL: withdrawn, taken over by another device, or void. The row stays, so that an older registration that comes late changes nothing.
    token           TEXT,
    -- Of APNs: the app's bundle id, and whether the token is of Apple's development environment.
    app             TEXT,
    sandbox         INTEGER NOT NULL,
    -- The person lets the app show notifications.
    permission      INTEGER NOT NULL,
    locale          TEXT    NOT NULL,
    -- When the device said so: the mutation's stamp.
    registered      INTEGER NOT NULL,
    -- When a push that wakes was last taken to be sent.
    woken           INTEGER NOT NULL
) STRICT;

-- A token is one installation.
CREATE UNIQUE INDEX push_token_one ON push_token (vendor, token) WHERE token IS NOT NULL;

-- What waits to be sent, or is on its way: a row for each device. It goes when the vendor has it, when it can't be sent, and when it expires.
CREATE TABLE push (
    id              INTEGER PRIMARY KEY,
    device          INTEGER NOT NULL REFERENCES device (id),
    -- Of the token.
    vendor          TEXT    NOT NULL,
    -- On the phone, too, a newer one of the same id takes the place of the older.
    collapse        TEXT    NOT NULL,
    -- Of what is shown: the rule that it comes from, and the keys of the app's texts. NULL: it only wakes.
    rule            TEXT,
    title           TEXT,
    body            TEXT,
    -- Not before. While it is leased: when another server takes it.
    due             INTEGER NOT NULL,
    expires         INTEGER NOT NULL,
    -- How often it was tried.
    attempts        INTEGER NOT NULL,
    -- Of the server that has it now.
    lease           TEXT
) STRICT;

CREATE UNIQUE INDEX push_collapse ON push (device, collapse);
CREATE INDEX push_due ON push (vendor, due);
CREATE INDEX push_expires ON push (expires);
CREATE INDEX push_lease ON push (lease) WHERE lease IS NOT NULL;

-- Everybody is to be woken, some at a time: at most one row.
CREATE TABLE push_round (
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    -- Devices up to this key have their push.
    device          INTEGER NOT NULL,
    -- When the next ones are due.
    due             INTEGER NOT NULL,
    expires         INTEGER NOT NULL
) STRICT;
