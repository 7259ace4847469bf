-- +goose Up

-- On PostgreSQL this puts families' tables behind row-level security. SQLite has
-- none: who can open the file can read it, and the server's own access rules are
-- the one wall.
SELECT 1;
