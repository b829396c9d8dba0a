-- The company's tree of members: company data alone. Rows that left it stay, emptied, for as long as a phone may ask what became of them.
CREATE TABLE member (
    id              INTEGER PRIMARY KEY,
    -- The company's own id; an account is the member whose number is its distributor's.
    number          TEXT    NOT NULL UNIQUE,
    -- 0: at the top. NULL: no longer in the tree.
    sponsor         INTEGER,
    name            TEXT    NOT NULL,
    phone           TEXT    NOT NULL,
    rank            TEXT    NOT NULL,
    personal        INTEGER NOT NULL,
    volume          INTEGER NOT NULL,
    active          INTEGER NOT NULL,
    -- Days since 1970-01-01.
    joined          INTEGER NOT NULL,
    city            TEXT    NOT NULL,
    -- The revision with which it came for the first time.
    born            INTEGER NOT NULL,
    -- The revision of the row.
    rev             INTEGER NOT NULL,
    -- Of the member and everybody below: the newest revision with which anything changed, and with which anybody left; the digest and number of
    -- the rows.
    sub_rev         INTEGER NOT NULL,
    left_rev        INTEGER NOT NULL,
    sub_digest      BLOB    NOT NULL,
    sub_count       INTEGER NOT NULL
) STRICT;

CREATE INDEX member_tree ON member (sponsor, sub_rev);

-- Where a member was before it moved, left, or came back (NULL: nowhere).
CREATE TABLE member_move (
    member          INTEGER NOT NULL,
    rev             INTEGER NOT NULL,
    sponsor         INTEGER,
    PRIMARY KEY (member, rev)
) STRICT, WITHOUT ROWID;

CREATE INDEX member_move_sponsor ON member_move (sponsor, rev);

-- When each revision was committed, until its moves are forgotten.
CREATE TABLE member_commit (
    rev             INTEGER PRIMARY KEY,
    at              INTEGER NOT NULL
) STRICT;

-- One row: moves up to this revision are forgotten.
CREATE TABLE member_horizon (
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    rev             INTEGER NOT NULL
) STRICT;

INSERT INTO member_horizon (one, rev) VALUES (1, 0);

-- Imports that were accepted and are in the ledger: when, and the SHA-256 of the file.
CREATE TABLE import (
    at              INTEGER NOT NULL,
    file            TEXT    NOT NULL,
    PRIMARY KEY (at, file)
) STRICT, WITHOUT ROWID;
