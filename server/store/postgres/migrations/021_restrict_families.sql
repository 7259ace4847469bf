-- +goose Up

-- restricted: 1 where the family's processing is restricted by law: kept and
-- counted, shown to nobody.
ALTER TABLE family ADD COLUMN restricted BIGINT NOT NULL DEFAULT 0;

-- All quarantined work of a family, whatever became of it, for erasure.
CREATE INDEX quarantine_by_family ON quarantine (village, family);
