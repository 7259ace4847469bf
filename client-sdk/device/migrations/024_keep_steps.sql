-- +goose Up

-- copied: 1: as with a change (023), the step went into a backup file or a hand-over and
-- keeps its id when others are given anew: under another the server would take it twice.
-- From now on it says, of changes and steps alike, also that one was sent.
ALTER TABLE submission ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE decision ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;

-- +goose Down
