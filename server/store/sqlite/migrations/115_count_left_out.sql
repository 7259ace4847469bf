-- +goose Up

-- left_out: families of what was asked for that the file does not hold; 0 until it has ended.
ALTER TABLE export ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;
