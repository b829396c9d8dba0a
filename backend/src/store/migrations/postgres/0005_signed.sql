-- The table of ../sqlite/0008_signed.sql, whose comments say what it holds.
CREATE TABLE signed (
    signature       BYTEA   NOT NULL PRIMARY KEY,
    until           BIGINT  NOT NULL
);

CREATE INDEX signed_until ON signed (until);
