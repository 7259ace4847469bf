-- +goose Up

-- movement: how the families moved whose counted values a commit changed, all of a commit
-- in one value (store.PackMovements): a row of each took 120 bytes, its index as much.
ALTER TABLE movement RENAME TO movement_each;
CREATE TABLE movement (
    village  INTEGER NOT NULL,
    day      INTEGER NOT NULL, -- yyyymmdd, ends at 24:00 WIB
    revision INTEGER NOT NULL, -- the village's last with that commit
    moved    BLOB NOT NULL,
    PRIMARY KEY (village, day, revision)
) STRICT;
INSERT INTO movement (village, day, revision, moved)
SELECT village, day, revision, unhex(group_concat(
    hex(family) || printf('%02x%016x%016x%016x%016x%04x', cause, provisional_before, provisional_after, verified_before, verified_after, length(years)) || hex(years),
    '' ORDER BY family))
FROM movement_each GROUP BY village, day, revision;
DROP TABLE movement_each;
