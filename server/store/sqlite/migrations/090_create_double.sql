-- +goose Up

-- family: doubles says in the clear that it shares an identifier with others
-- (flags of package review): 1 open, 2 with another Puskesmas, 4 dismissed, 8
-- decided at the other family. What, and what was decided, is in review.
ALTER TABLE family ADD COLUMN doubles INTEGER NOT NULL DEFAULT 0;
CREATE INDEX family_doubled ON family (village, id) WHERE doubles > 0;

-- effort: families that count here and in another Puskesmas, too.
ALTER TABLE effort ADD COLUMN doubled_elsewhere INTEGER NOT NULL DEFAULT 0;

-- closed_double: which family of a double was closed as moved, so that the other
-- is not closed too, whoever answers first. One row a double, by its token.
CREATE TABLE closed_double (
    token   BLOB NOT NULL PRIMARY KEY, -- 10 bytes
    village INTEGER NOT NULL,
    family  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX closed_double_by_family ON closed_double (village, family);

-- double_case: doubles of which both sides say that the family lives there, a row
-- a side. The district sees token and village.
CREATE TABLE double_case (
    village   INTEGER NOT NULL,
    family    BLOB NOT NULL,
    token     BLOB NOT NULL, -- 10 bytes
    opened_ms INTEGER NOT NULL, -- ms since 1970-01-01 UTC
    PRIMARY KEY (village, family, token)
) STRICT, WITHOUT ROWID;
CREATE INDEX double_case_by_token ON double_case (token, village);

-- history: the author of a change that only kept values which others had entered
-- stands there as a negative number: it judged, and collected nothing.
