-- The plan of the first days as it was last seen on this device (JSON), so that what moved since can be told. The plan never reads it.
CREATE TABLE journey_seen (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    plan TEXT NOT NULL
) STRICT;
