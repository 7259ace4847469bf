-- +goose Up

-- Entries of the identifier index are added for many villages at once, as here ever since: there
-- is no wall.
SELECT 1;
