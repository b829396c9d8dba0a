-- What the back office confirmed, in its highest version, by the back office's own id (of a volume: the month). Of people without an account too.
CREATE TABLE result (
    -- 'sale', 'volume', 'rank'
    kind            TEXT    NOT NULL,
    source          TEXT    NOT NULL,
    -- The company's id of the person.
    distributor     TEXT    NOT NULL,
    version         INTEGER NOT NULL,
    -- Of the newest release when it came.
    serial          INTEGER NOT NULL,
    -- JSON.
    value           TEXT    NOT NULL,
    PRIMARY KEY (kind, source, distributor)
) STRICT, WITHOUT ROWID;

CREATE INDEX result_distributor ON result (distributor);
