-- +goose Up

-- As 098: PostgreSQL's statistics alone hold values.
SELECT 1;
