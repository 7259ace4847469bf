-- +goose Up

-- family: what it counts with by survey year, as JSON: [[year, provisional,
-- verified], ...], packed values as in those columns. Empty for most: then it counts
-- in the year of survey_date alone, with provisional and verified.
ALTER TABLE family ADD COLUMN years TEXT NOT NULL DEFAULT '';

-- village, place: tallies by survey year, the sums over families (iks.PackedYears,
-- read beside provisional and verified). A village with null, from before this
-- migration, has not been counted yet: the server counts it when it starts.
ALTER TABLE village ADD COLUMN years BYTEA DEFAULT '';
ALTER TABLE place ADD COLUMN years BYTEA NOT NULL DEFAULT '';
UPDATE village SET years = NULL WHERE revision > 0;
