-- +goose Up

-- What the list shows of a family, sealed, so that unlocking reads it instead of
-- opening and assessing every family. Null: to be made at the next unlock.
ALTER TABLE confirmed ADD COLUMN summary BLOB;

-- +goose Down
