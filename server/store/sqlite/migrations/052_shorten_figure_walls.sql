-- +goose Up

-- Row-level security is PostgreSQL's; SQLite has none.
SELECT 1;
