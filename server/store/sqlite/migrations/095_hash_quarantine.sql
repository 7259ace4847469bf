-- +goose Up

-- quarantine: the hash of the change as it came, by which a repeated upload is known though
-- a part of it was erased since; NULL in rows of before, which are opened for it.
ALTER TABLE quarantine ADD COLUMN content_hash BLOB;
