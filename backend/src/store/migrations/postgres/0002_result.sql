-- What the back office confirmed, in its highest version, by the back office's own id (of a volume: the month). Of people without an account too.
CREATE TABLE result (
    -- 'sale', 'volume', 'rank'
    kind            TEXT    COLLATE "C" NOT NULL,
    source          TEXT    COLLATE "C" NOT NULL,
    -- The company's id of the person.
    distributor     TEXT    COLLATE "C" NOT NULL,
    version         BIGINT  NOT NULL,
    -- Of the newest release when it came.
    serial          BIGINT  NOT NULL,
    -- JSON.
    value           TEXT    COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, source, distributor)
);

CREATE INDEX result_distributor ON result (distributor);
