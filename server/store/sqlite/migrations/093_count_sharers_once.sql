-- +goose Up

-- Functions that reach over all villages are PostgreSQL's; SQLite's statement for the
-- same ends at the second entry of a number.
SELECT 1;
