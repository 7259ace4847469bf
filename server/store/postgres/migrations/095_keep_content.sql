-- +goose Up

-- quarantine: the hash of the change as it came, sealed, where something of it may have been
-- erased: by it the change is known when it is sent again.
ALTER TABLE quarantine ADD COLUMN content_hash BYTEA;
