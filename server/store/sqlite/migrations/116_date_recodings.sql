-- +goose Up

-- recoded: which areas got another code by decree, and when: what has a code of its time, as
-- the audit trail, is of the area that had it then. A decree is one at_ms. Never changed.
CREATE TABLE recoded (
    at_ms    INTEGER NOT NULL, -- when it took effect here; later than all decrees before
    old_code TEXT NOT NULL,    -- as area.code
    new_code TEXT NOT NULL,    -- '': the village gave way to the one that took its code
    PRIMARY KEY (at_ms, old_code)
) STRICT, WITHOUT ROWID;
CREATE INDEX recoded_by_old ON recoded (old_code, at_ms);
CREATE INDEX recoded_by_new ON recoded (new_code, at_ms);
