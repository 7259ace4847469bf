-- +goose Up

-- decision: verdicts passed here, in order. status: 0 pending, 1 applied, 2 not
-- applied: the receipt says why.
CREATE TABLE decision (
    seq       INTEGER PRIMARY KEY,
    id        BLOB NOT NULL UNIQUE,
    family_id BLOB NOT NULL,
    village   INTEGER NOT NULL,
    status    INTEGER NOT NULL,
    made_ms   INTEGER NOT NULL, -- as corrected by the last sync
    payload   BLOB NOT NULL,    -- sealed ReviewDecision
    receipt   BLOB              -- sealed Receipt; null: none
) STRICT;
CREATE INDEX decision_pending ON decision (family_id) WHERE status = 0;

-- +goose Down
