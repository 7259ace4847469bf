-- +goose Up

-- village_before: by which codes, and of which Puskesmas, a village was known before: what the
-- audit trail names by them is found for its families still.
CREATE TABLE village_before (
    number    INTEGER NOT NULL, -- as village.number
    code      TEXT NOT NULL,
    puskesmas TEXT NOT NULL,
    PRIMARY KEY (number, code, puskesmas)
) STRICT, WITHOUT ROWID;
