-- +goose Up

-- A part that was delivered keeps its bytes for as long as own work does that was
-- applied, so that a server restored from a backup gets it again; delivered_ms is
-- when, by the server's clock as the device knows it. Null: not delivered, or by an
-- earlier version, which kept nothing.
ALTER TABLE carried ADD COLUMN delivered_ms INTEGER;

-- +goose Down
