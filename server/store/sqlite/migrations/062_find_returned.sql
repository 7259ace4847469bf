-- +goose Up

-- What a supervisor returned comes down ahead of the rest of the feed, so each sync asks
-- for those of its villages that the device has not got.
CREATE INDEX family_returned_since ON family (village, revision) WHERE review_state = 3;
