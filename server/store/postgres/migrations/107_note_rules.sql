-- +goose Up

-- village: the version of the rules (ingest.Rules) by which its figures and its families'
-- columns were computed; 0: from before this was kept. The server computes them anew where
-- its own is later.
ALTER TABLE village ADD COLUMN rules INTEGER NOT NULL DEFAULT 0;
