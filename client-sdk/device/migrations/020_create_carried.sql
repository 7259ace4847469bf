-- +goose Up

-- Steps of review that are unsent are sealed for the server too, as changes are,
-- so that a backup file holds them. Null: made before, or with the server.
ALTER TABLE submission ADD COLUMN escrow_id INTEGER REFERENCES escrow (id);
ALTER TABLE submission ADD COLUMN escrow BLOB;
ALTER TABLE decision ADD COLUMN escrow_id INTEGER REFERENCES escrow (id);
ALTER TABLE decision ADD COLUMN escrow BLOB;

-- carried: parts of other devices' backup files, to be delivered with the next
-- sync. Only the server can open what is in them. A part that was delivered stays
-- without its bytes, so that the same file is not carried twice. status: 0 here, 1
-- with the server, 2 refused as a whole: reason says why.
CREATE TABLE carried (
    file_id     BLOB NOT NULL,    -- 16 bytes
    number      INTEGER NOT NULL, -- from 1
    parts       INTEGER NOT NULL, -- of the file
    device      INTEGER NOT NULL, -- number of the device that it is of
    made_ms     INTEGER NOT NULL, -- by that device's clock
    received_ms INTEGER NOT NULL, -- by this device's clock
    items       INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    applied     INTEGER NOT NULL, -- items that the server has, now or before
    quarantined INTEGER NOT NULL, -- items that wait for a decision
    refused     INTEGER NOT NULL, -- items that it can't take
    reason      TEXT,             -- stable; null: nothing to tell
    part        BLOB,             -- as it stands in the file; null once delivered
    PRIMARY KEY (file_id, number)
) STRICT, WITHOUT ROWID;

-- +goose Down
