-- Signatures of the back office that were used: none is taken twice.
CREATE TABLE signed (
    signature       BLOB    NOT NULL PRIMARY KEY,
    -- When it is too old to be taken anyway.
    until           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX signed_until ON signed (until);
