-- The tables of ../sqlite/0007_decision.sql, whose comments say what they hold.
CREATE TABLE decided (
    account         BIGINT  NOT NULL REFERENCES account (id),
    id              TEXT    COLLATE "C" NOT NULL,
    day             BIGINT  NOT NULL,
    PRIMARY KEY (account, id)
);

CREATE TABLE signal (
    id              TEXT    COLLATE "C" NOT NULL PRIMARY KEY,
    about           BIGINT  NOT NULL REFERENCES account (id),
    told            BIGINT  NOT NULL REFERENCES account (id)
);

CREATE INDEX signal_about ON signal (about);

CREATE TABLE offer (
    id              TEXT    COLLATE "C" NOT NULL PRIMARY KEY,
    account         BIGINT  NOT NULL REFERENCES account (id),
    rule            TEXT    COLLATE "C" NOT NULL,
    state           TEXT    COLLATE "C" NOT NULL,
    until           BIGINT  NOT NULL
);

CREATE INDEX offer_account ON offer (account);
CREATE INDEX offer_state ON offer (state, until);

CREATE TABLE offered (
    rule            TEXT    COLLATE "C" NOT NULL PRIMARY KEY,
    people          BIGINT  NOT NULL
);

CREATE TABLE due (
    account         BIGINT  PRIMARY KEY REFERENCES account (id),
    at              BIGINT  NOT NULL
);

CREATE INDEX due_at ON due (at);

CREATE TABLE looked (
    account         BIGINT  PRIMARY KEY REFERENCES account (id),
    sponsor         TEXT    COLLATE "C",
    joined          BIGINT  NOT NULL,
    active          BIGINT  NOT NULL,
    moved           BIGINT  NOT NULL,
    day             BIGINT,
    shared          BIGINT  NOT NULL,
    zone            BIGINT,
    told            BIGINT
);

CREATE INDEX looked_sponsor ON looked (sponsor, joined);

CREATE TABLE segment (
    account         BIGINT  NOT NULL REFERENCES account (id),
    rule            TEXT    COLLATE "C" NOT NULL,
    holds           BIGINT  NOT NULL,
    PRIMARY KEY (account, rule)
);

INSERT INTO due (account, at) SELECT id, 0 FROM account WHERE closed IS NULL;
