-- +goose Up

-- awaited: families that a batch names and that are not in the queue yet: work of its author on
-- them waits in quarantine, or has not come. Who submitted, when, and why they wait is in
-- the batch.
CREATE TABLE awaited (
    village INTEGER NOT NULL,
    family  BLOB NOT NULL, -- 16 bytes
    batch   BLOB NOT NULL, -- 16 bytes
    PRIMARY KEY (village, family, batch)
) STRICT, WITHOUT ROWID;

-- village: how many rows it has there, so that a commit does not look where there is none.
ALTER TABLE village ADD COLUMN awaited INTEGER NOT NULL DEFAULT 0;
