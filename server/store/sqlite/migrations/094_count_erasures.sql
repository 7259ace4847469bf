-- +goose Up

-- identifier_progress: how often what families are found by was erased in the village.
-- Whoever writes entries of what was read before writes none of them.
ALTER TABLE identifier_progress ADD COLUMN erasures INTEGER NOT NULL DEFAULT 0;
