-- +goose Up

-- identifier_stale: identifiers of which families may be told wrongly who shares them, until
-- those that are found by them have been looked at: a family has them no more, or its village
-- came to another Puskesmas. It is written with what made it so: no end of a process comes
-- between. writes is identifier_progress.writes as of then: one may be stale more than once.
CREATE TABLE identifier_stale (
    village INTEGER NOT NULL, -- that of the family which made it so
    writes  INTEGER NOT NULL,
    hash    BLOB NOT NULL, -- 16 bytes
    PRIMARY KEY (village, writes, hash)
) STRICT, WITHOUT ROWID;

-- identifier_unread: families that did not open when the index was to have them, or when they,
-- or others that share a number with them, were to be told. They are tried again.
CREATE TABLE identifier_unread (
    village INTEGER NOT NULL,
    family  BLOB NOT NULL,
    PRIMARY KEY (village, family)
) STRICT, WITHOUT ROWID;
