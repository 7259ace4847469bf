-- +goose Up

-- PostgreSQL would pack what is sealed; SQLite packs nothing.
SELECT 1;
