-- +goose Up

-- identifier: which families have an NIK or NKK, by the first 8 bytes of its keyed
-- hash as a signed number. Entries lie scattered over the whole index, whose pages
-- are most of what a family costs once it is larger than the cache, so they are half
-- as long as they were: whose number it is, and the rest of the hash, is in the
-- family's row of identified. A family with the same number twice has one entry.
CREATE TABLE identifier_short (
    hash    INTEGER NOT NULL,
    village INTEGER NOT NULL,
    family  BLOB NOT NULL,
    PRIMARY KEY (hash, village, family)
) STRICT, WITHOUT ROWID;
INSERT INTO identifier_short (hash, village, family)
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
    village, family
FROM (SELECT substr(hex(hash), 1, 16) AS h, village, family FROM identifier)
ORDER BY 1, 2, 3;
DROP TABLE identifier;
ALTER TABLE identifier_short RENAME TO identifier;
