-- +goose Up

-- daily: tallies by survey year as of the end of the day (iks.PackedYears, read beside
-- provisional and verified). Null: of a day before they were kept, or of a village
-- that had not been counted yet: not known.
ALTER TABLE daily ADD COLUMN years BYTEA;

-- movement: how the family moved by survey year (store.Movement.Years). Empty: not at
-- all, or from before this migration.
ALTER TABLE movement ADD COLUMN years TEXT NOT NULL DEFAULT '';

-- area_day: the sums of the same over those villages of which they are known (null: of
-- none), how many have figures without, and what each cause did by survey year
-- (store.YearCauses).
ALTER TABLE area_day ADD COLUMN years BYTEA;
ALTER TABLE area_day ADD COLUMN uncounted BIGINT NOT NULL DEFAULT 0;
ALTER TABLE area_day ADD COLUMN year_causes BIGINT[] NOT NULL DEFAULT '{}';

-- From today (WIB) on they are known also of villages in which nothing happens. The
-- owner passes the wall for this one statement.
ALTER TABLE daily NO FORCE ROW LEVEL SECURITY;
INSERT INTO daily (village, day, provisional, verified, collection, years)
SELECT number, to_char(now() AT TIME ZONE 'UTC' + interval '7 hours', 'YYYYMMDD')::BIGINT, provisional, verified, collection, years
FROM village WHERE revision > 0 AND years IS NOT NULL
ON CONFLICT (village, day) DO UPDATE SET years = excluded.years;
ALTER TABLE daily FORCE ROW LEVEL SECURITY;
