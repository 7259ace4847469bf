-- +goose Up

-- PostgreSQL's statistics are kept from what is sealed; SQLite's (sqlite_stat1) hold counts.
SELECT 1;
