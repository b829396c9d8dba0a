-- What the server decided for a person, by the decision's id: it is decided once, whatever becomes of its rows.
CREATE TABLE decided (
    account         INTEGER NOT NULL REFERENCES account (id),
    id              TEXT    NOT NULL,
    -- The person's day for which it was, as days since 1970-01-01.
    day             INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

-- Words that stand in a sponsor's stream, by the decision's id.
CREATE TABLE signal (
    id              TEXT    NOT NULL PRIMARY KEY,
    about           INTEGER NOT NULL REFERENCES account (id),
    told            INTEGER NOT NULL REFERENCES account (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX signal_about ON signal (about);

-- Offers, by the decision's id. The rest of each is in its row of the person's stream.
CREATE TABLE offer (
    id              TEXT    NOT NULL PRIMARY KEY,
    account         INTEGER NOT NULL REFERENCES account (id),
    rule            TEXT    NOT NULL,
    -- 'open', 'reached', 'given', 'lapsed', 'withdrawn'
    state           TEXT    NOT NULL,
    -- Its last day, as days since 1970-01-01.
    until           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX offer_account ON offer (account);
CREATE INDEX offer_state ON offer (state, until);

-- How many people a rule's offer was made to.
CREATE TABLE offered (
    rule            TEXT    NOT NULL PRIMARY KEY,
    people          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When the server looks at a person the next time. Who has nothing coming is not in it.
CREATE TABLE due (
    account         INTEGER PRIMARY KEY REFERENCES account (id),
    at              INTEGER NOT NULL
) STRICT;

CREATE INDEX due_at ON due (at);

-- What a look needs to know of a person beside their rows.
CREATE TABLE looked (
    account         INTEGER PRIMARY KEY REFERENCES account (id),
    -- The company's id of the sponsor.
    sponsor         TEXT,
    -- Days since 1970-01-01: of joining, of the last activity, of the last lesson or task that was completed, of the last look.
    joined          INTEGER NOT NULL,
    active          INTEGER NOT NULL,
    moved           INTEGER NOT NULL,
    day             INTEGER,
    -- 0: the sponsor is told nothing.
    shared          INTEGER NOT NULL,
    -- Minutes ahead of UTC, as a phone told last, and when.
    zone            INTEGER,
    told            INTEGER
) STRICT;

CREATE INDEX looked_sponsor ON looked (sponsor, joined);

-- Whether the segment of a rule held when it was looked at last.
CREATE TABLE segment (
    account         INTEGER NOT NULL REFERENCES account (id),
    rule            TEXT    NOT NULL,
    holds           INTEGER NOT NULL,
    PRIMARY KEY (account, rule)
) STRICT, WITHOUT ROWID;

INSERT INTO due (account, at) SELECT id, 0 FROM account WHERE closed IS NULL;
