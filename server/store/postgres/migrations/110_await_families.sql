-- +goose Up

-- awaited: families that a batch names and that are not in the queue yet: work of its author on
-- them waits in quarantine, or has not come. Who submitted, when, and why they wait is in
-- the batch.
CREATE TABLE awaited (
    village BIGINT NOT NULL,
    family  BYTEA NOT NULL, -- 16 bytes
    batch   BYTEA NOT NULL, -- 16 bytes
    PRIMARY KEY (village, family, batch)
);
SELECT ks_protect('awaited');

-- village: how many rows it has there, so that a commit does not look where there is none.
ALTER TABLE village ADD COLUMN awaited BIGINT NOT NULL DEFAULT 0;
