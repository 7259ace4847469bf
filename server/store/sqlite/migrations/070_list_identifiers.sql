-- +goose Up

-- identified: what each family is found by, a row a family, so that its entries in
-- identifier are met by their hashes. An index of identifier by family held each
-- entry once more, and was written in as many places as there were writers for
-- every part of the hashes that was written. A row may name entries that are not in
-- identifier yet, never lack one that is.
CREATE TABLE identified (
    village INTEGER NOT NULL,
    family  BLOB NOT NULL,
    entries BLOB NOT NULL, -- 32 bytes each: hash, member (16 zeros: the NKK)
    PRIMARY KEY (village, family)
) STRICT, WITHOUT ROWID;
INSERT INTO identified (village, family, entries)
SELECT village, family, unhex(group_concat(hex(hash) || CASE WHEN length(member) = 0 THEN hex(zeroblob(16)) ELSE hex(member) END, ''))
FROM identifier GROUP BY village, family;
DROP INDEX identifier_by_family;
