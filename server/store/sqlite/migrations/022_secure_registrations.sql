-- +goose Up

-- Row-level security of registrations is PostgreSQL's; SQLite, one file on one
-- machine, has the server's own access rules alone.
SELECT 1;
