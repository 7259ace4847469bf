-- +goose Up

-- decision: sealed QuarantineDecision, what a supervisor decided on the change; null:
-- nothing yet. It may come before the receipt that tells of the quarantine, and then
-- waits for it; with the status it counts only where both say the same.
ALTER TABLE change ADD COLUMN decision BLOB;
-- Earlier versions dropped such decisions, and all notes: they come once more.
UPDATE identity SET notice_revision = 0;

-- +goose Down
