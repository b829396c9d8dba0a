-- The phone's database of one account. Rows of streams, what is pending over them, and what is read from them.

-- This installation, as the server knows it.
CREATE TABLE replica (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    device TEXT NOT NULL,
    next_seq INTEGER NOT NULL DEFAULT 1,
    -- The last mutation that the server acknowledged.
    acknowledged_seq INTEGER,
    acknowledged_id BLOB,
    -- The last hybrid logical clock that this device wrote.
    clock TEXT,
    -- The server's time of the last reply that was applied, and what this device's clocks showed then.
    server_time INTEGER NOT NULL DEFAULT 0,
    measured_wall INTEGER,
    measured_boot TEXT,
    measured_mono INTEGER,
    -- When both sides were last in step, by the server's time.
    last_success INTEGER,
    -- The server no longer takes the token.
    sign_in_needed INTEGER NOT NULL DEFAULT 0,
    -- The release and the texts in use: hashes of documents. Both are here whenever they are named.
    release TEXT,
    bundle TEXT,
    -- The manifest that they belong to.
    manifest TEXT
) STRICT;

CREATE TABLE stream (
    name TEXT PRIMARY KEY,
    epoch TEXT NOT NULL,
    rev INTEGER NOT NULL,
    tag TEXT NOT NULL,
    -- Raised by a reset; rows of an older generation go when the reset is through.
    generation INTEGER NOT NULL DEFAULT 0,
    resetting INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- What is shown: confirmed rows, with the effects of pending mutations over them.
CREATE TABLE row (
    stream TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    rev INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (stream, kind, id)
) STRICT, WITHOUT ROWID;

-- The confirmed rows of the stream `me` that pending mutations touched; no value where there was no row.
CREATE TABLE before (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    rev INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    value TEXT,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- The outbox. Applied over the rows in the order of `position`.
CREATE TABLE mutation (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    -- No sequence: the server has it, and keeps it until it can take it.
    seq INTEGER UNIQUE,
    name TEXT NOT NULL,
    v INTEGER NOT NULL,
    at TEXT NOT NULL,
    -- The stamp that the server gave.
    stamp INTEGER,
    -- The record that it edits.
    record TEXT,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX mutation_record ON mutation (record) WHERE record IS NOT NULL;

-- Mutations that the server refused, until the person dismisses them.
CREATE TABLE refusal (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    v INTEGER NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    code TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Releases and bundles by their hash.
CREATE TABLE document (
    hash TEXT PRIMARY KEY,
    -- release or bundle
    kind TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

-- A quiz under way, and what the last one asked.
CREATE TABLE quiz (
    lesson TEXT PRIMARY KEY,
    attempt INTEGER NOT NULL,
    -- JSON: the drawn questions, in order.
    questions TEXT NOT NULL,
    -- JSON: the answers so far, by question.
    answers TEXT NOT NULL,
    handed_in INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Read from the rows of kind contact that are visible.
CREATE TABLE contact (
    id TEXT PRIMARY KEY,
    sort_key TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL,
    note TEXT NOT NULL,
    do_not_contact INTEGER NOT NULL,
    -- JSON: pairs of id and text; empty where there are none.
    tags TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_by_name ON contact (sort_key, id);

-- Read from the rows of kind interaction that are visible.
CREATE TABLE interaction (
    id TEXT PRIMARY KEY,
    contact TEXT NOT NULL,
    at INTEGER NOT NULL,
    channel TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX interaction_by_contact ON interaction (contact, at, id);
