-- +goose Up

-- decision: sealed, of a verdict that was not applied, the name of the family's head as it
-- was when that was told: the family may leave the device with the right to review. Null:
-- not known, acknowledged, forgotten, or erased.
ALTER TABLE decision ADD COLUMN head_name BLOB;
-- 1: the user has read that it was not applied, or has judged the family again.
ALTER TABLE decision ADD COLUMN acknowledged INTEGER NOT NULL DEFAULT 0;
-- When the server told that it was not applied, by its clock; 0: it did not, or what tells of
-- people is forgotten.
ALTER TABLE decision ADD COLUMN refused_ms INTEGER NOT NULL DEFAULT 0;
-- Of earlier ones nobody can tell whether that was read: they are not told anew. It was told at
-- the last sync, or before.
UPDATE decision SET acknowledged = 1, refused_ms = (SELECT server_clock_ms FROM identity) WHERE status = 2;
CREATE INDEX decision_refused ON decision (family_id) WHERE status = 2 AND acknowledged = 0;

-- +goose Down
