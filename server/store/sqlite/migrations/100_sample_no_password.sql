-- +goose Up

-- SQLite keeps no statistics of values (098).
SELECT 1;
