-- +goose Up

-- Nothing to do: SQLite has no row-level security.
SELECT 1;
