-- +goose Up

-- identifier_left: identifiers that a family was found by and is no more, until those that
-- are found by them still have been looked at: they share them with fewer. It is written
-- with the index, so that no end of a process comes between. writes is
-- identifier_progress.writes as of then, which tells one time from the next.
CREATE TABLE identifier_left (
    village INTEGER NOT NULL, -- the family's
    writes  INTEGER NOT NULL,
    hash    BLOB NOT NULL, -- 16 bytes
    PRIMARY KEY (village, writes, hash)
) STRICT, WITHOUT ROWID;
