-- +goose Up

-- superseded: 1 where the family goes on under its id in another village of the Puskesmas,
-- to which a national file moved it. Devices hold a family in one village.
ALTER TABLE family ADD COLUMN superseded BIGINT NOT NULL DEFAULT 0;

-- The few families that no device holds are read at every sync's end.
DROP INDEX family_restricted;
CREATE INDEX family_withheld ON family (village, id) WHERE restricted = 1 OR superseded = 1;
