-- A person with an account. A closed one keeps its rows: its devices are told that they were revoked.
CREATE TABLE account (
    id              INTEGER PRIMARY KEY,
    -- What phones know it by: random, opaque.
    public          TEXT    NOT NULL UNIQUE,
    -- Trimmed, lower case.
    login           TEXT    NOT NULL UNIQUE,
    -- The company's own id of the person.
    distributor     TEXT    NOT NULL UNIQUE,
    name            TEXT    NOT NULL,
    -- PHC string of argon2id; NULL until the invite code was used.
    password        TEXT,
    -- When its first device signed in: nothing that its devices do is older.
    since           INTEGER,
    -- Rows in `me` that are records, tombstones included.
    records         INTEGER NOT NULL DEFAULT 0,
    created         INTEGER NOT NULL,
    closed          INTEGER
) STRICT;

-- Invite and reset codes, as SHA-256. Used once.
CREATE TABLE code (
    hash            BLOB    NOT NULL PRIMARY KEY,
    account         INTEGER NOT NULL REFERENCES account (id),
    expires         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX code_account ON code (account);

-- Attempts to sign in and to use codes, by the SHA-256 of who tries.
CREATE TABLE attempt (
    who             BLOB    NOT NULL PRIMARY KEY,
    count           INTEGER NOT NULL,
    -- When the count starts anew.
    until           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX attempt_until ON attempt (until);

-- One installation under one account. Revoked ones stay, so that their tokens are told apart from unknown ones.
CREATE TABLE device (
    id              INTEGER PRIMARY KEY,
    public          TEXT    NOT NULL UNIQUE,
    account         INTEGER NOT NULL REFERENCES account (id),
    name            TEXT    NOT NULL,
    -- SHA-256 of the token.
    token           BLOB    NOT NULL UNIQUE,
    signed_in       INTEGER NOT NULL,
    -- As signed_in; of a forked device that of its original, whose pending work it carries.
    since           INTEGER NOT NULL,
    heard           INTEGER NOT NULL,
    -- Sequence of its last mutation that was taken.
    seq             INTEGER NOT NULL DEFAULT 0,
    revoked         INTEGER
) STRICT;

CREATE INDEX device_account ON device (account);

-- Account NULL: shared by all.
CREATE TABLE stream (
    id              INTEGER PRIMARY KEY,
    account         INTEGER REFERENCES account (id),
    name            TEXT    NOT NULL,
    epoch           TEXT    NOT NULL,
    rev             INTEGER NOT NULL,
    tag             TEXT    NOT NULL
) STRICT;

CREATE UNIQUE INDEX stream_name ON stream (ifnull(account, 0), name);

-- Commits of a stream: the tag covers the revisions up to `rev` from the commit before it.
CREATE TABLE stream_commit (
    stream          INTEGER NOT NULL REFERENCES stream (id),
    rev             INTEGER NOT NULL,
    tag             TEXT    NOT NULL,
    PRIMARY KEY (stream, rev)
) STRICT, WITHOUT ROWID;

-- The newest revision of each row. A value of NULL: the row is gone.
CREATE TABLE stream_row (
    stream          INTEGER NOT NULL REFERENCES stream (id),
    kind            TEXT    NOT NULL,
    id              TEXT    NOT NULL,
    rev             INTEGER NOT NULL,
    value           TEXT
) STRICT;

CREATE UNIQUE INDEX stream_row_key ON stream_row (stream, kind, id);
CREATE UNIQUE INDEX stream_row_rev ON stream_row (stream, rev);

-- Every mutation's id and what became of it; of events and kept ones also what they say.
CREATE TABLE mutation (
    account         INTEGER NOT NULL REFERENCES account (id),
    id              BLOB    NOT NULL,
    device          INTEGER NOT NULL REFERENCES device (id),
    seq             INTEGER NOT NULL,
    -- 'applied', 'kept', 'refused'
    status          TEXT    NOT NULL,
    -- Why it is refused.
    code            TEXT,
    -- Corrected time, of events and of kept ones.
    stamp           INTEGER,
    -- Minutes ahead of UTC.
    zone            INTEGER,
    -- The clock as it was set back, of edits whose clock was.
    clock           TEXT,
    name            TEXT,
    version         INTEGER,
    body            TEXT,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX mutation_kept ON mutation (account, id) WHERE status = 'kept';

CREATE TABLE release (
    id              TEXT    NOT NULL UNIQUE,
    serial          INTEGER PRIMARY KEY,
    published       INTEGER NOT NULL,
    -- The canonical bytes, whose hash the id is.
    bytes           BLOB    NOT NULL
) STRICT;
