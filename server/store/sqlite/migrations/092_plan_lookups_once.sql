-- +goose Up

-- Functions that reach over all villages are PostgreSQL's; SQLite plans its statements
-- once a connection.
SELECT 1;
