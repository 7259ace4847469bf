-- +goose Up

-- browser: in which a session began, "Chrome di Android", of a few fixed words; '': none, or
-- none that is known.
ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT '';
