-- +goose Up

-- copied: 1: as with a change (023), the step went into a backup file or a hand-over and
-- keeps its id when others are given anew: under another the server would take it twice.
-- 2, of changes and steps alike: it was sent, and keeps its id too, until one of its
-- database turns out to be another's.
ALTER TABLE submission ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;
ALTER TABLE decision ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;

-- +goose Down
