-- +goose Up

-- Nothing to do: SQLite packs no values.
SELECT 1;
