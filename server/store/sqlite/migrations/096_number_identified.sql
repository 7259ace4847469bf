-- +goose Up

-- identified: revision is that as of which the family was listed, or, of what is carried over,
-- its present one. A list without a family, which should not be, keeps what the index has of
-- it removable: it gets a made-up negative number.
-- UNIQUE: without it the planner goes through all families of the village.
ALTER TABLE identified RENAME TO identified_before;
CREATE TABLE identified (
    village  INTEGER NOT NULL,
    family   BLOB NOT NULL,
    entries  BLOB NOT NULL, -- 32 bytes each: hash, member (16 zeros: the NKK)
    revision INTEGER NOT NULL,
    PRIMARY KEY (village, family)
) STRICT, WITHOUT ROWID;
INSERT INTO identified (village, family, entries, revision)
SELECT d.village, d.family, d.entries, COALESCE(f.revision, -row_number() OVER ())
FROM identified_before AS d LEFT JOIN family AS f ON f.village = d.village AND f.id = d.family ORDER BY 1, 2;
DROP TABLE identified_before;
CREATE UNIQUE INDEX identified_by_revision ON identified (village, revision);

-- identifier: an entry names the family by that revision, which takes 2 or 3 bytes instead
-- of 17. All entries are made anew from the lists, so that none is left that no list names,
-- and none lacks that one does.
DROP TABLE identifier;
CREATE TABLE identifier (
    hash     INTEGER NOT NULL,
    village  INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    PRIMARY KEY (hash, village, revision)
) STRICT, WITHOUT ROWID;
CREATE TABLE listed (at INTEGER PRIMARY KEY); -- where an entry of a list may begin
INSERT INTO listed
WITH RECURSIVE n (at) AS (SELECT 1 UNION ALL SELECT at + 32 FROM n WHERE at + 32 <= (SELECT max(length(entries)) FROM identified)) SELECT at FROM n;
INSERT INTO identifier (hash, village, revision)
SELECT DISTINCT
    ((instr('0123456789ABCDEF', substr(h, 1, 1)) - 1) << 60) |
    ((instr('0123456789ABCDEF', substr(h, 2, 1)) - 1) << 56) |
    ((instr('0123456789ABCDEF', substr(h, 3, 1)) - 1) << 52) |
    ((instr('0123456789ABCDEF', substr(h, 4, 1)) - 1) << 48) |
    ((instr('0123456789ABCDEF', substr(h, 5, 1)) - 1) << 44) |
    ((instr('0123456789ABCDEF', substr(h, 6, 1)) - 1) << 40) |
    ((instr('0123456789ABCDEF', substr(h, 7, 1)) - 1) << 36) |
    ((instr('0123456789ABCDEF', substr(h, 8, 1)) - 1) << 32) |
    ((instr('0123456789ABCDEF', substr(h, 9, 1)) - 1) << 28) |
    ((instr('0123456789ABCDEF', substr(h, 10, 1)) - 1) << 24) |
    ((instr('0123456789ABCDEF', substr(h, 11, 1)) - 1) << 20) |
    ((instr('0123456789ABCDEF', substr(h, 12, 1)) - 1) << 16) |
    ((instr('0123456789ABCDEF', substr(h, 13, 1)) - 1) << 12) |
    ((instr('0123456789ABCDEF', substr(h, 14, 1)) - 1) << 8) |
    ((instr('0123456789ABCDEF', substr(h, 15, 1)) - 1) << 4) |
    ((instr('0123456789ABCDEF', substr(h, 16, 1)) - 1) << 0),
    village, revision
FROM (SELECT hex(substr(entries, at, 8)) AS h, village, revision FROM identified CROSS JOIN listed WHERE at <= length(entries))
ORDER BY 1, 2, 3;
DROP TABLE listed;

-- identifier_progress: writes is how often what families of the village are found by was
-- written or erased, not only erased. Whoever read them before the last time does not
-- write them.
ALTER TABLE identifier_progress RENAME COLUMN erasures TO writes;
