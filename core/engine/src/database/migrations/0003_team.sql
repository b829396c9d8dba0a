-- The file in which the team is, beside this database. It has its own cursor: what is committed there and here is never one transaction.
CREATE TABLE team_file (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    name TEXT NOT NULL
) STRICT;
