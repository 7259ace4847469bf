-- +goose Up

-- The few families whose processing is restricted are read at every sync's end, for
-- devices hold none of them.
CREATE INDEX family_restricted ON family (village, id) WHERE restricted = 1;
