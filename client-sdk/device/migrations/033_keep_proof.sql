-- +goose Up

-- proof: what the server gave with the receipt of a verdict that it applied, by which it knows
-- it again whatever became of the user's right (Receipt.proof). It tells nothing, and lies in
-- the clear, for backup files are made without the password. Null: none came with this one as
-- it is now.
ALTER TABLE decision ADD COLUMN proof BLOB;

-- +goose Down
