-- +goose Up

-- area_day: what the villages of a district, a province or the nation added up to
-- as of the end of a day that is over, and by how much each cause moved them on
-- that day: sums of daily and movement, which would be too many to read for a
-- question about the nation. An area has a row for every day from the first on
-- which one of its villages changed. All rows of an area are of the same villages;
-- when it has others, they are written anew. It is made of tallies alone, and may
-- be deleted at any time.
CREATE TABLE area_day (
    area        TEXT COLLATE "C" NOT NULL, -- dotted; '' the nation
    day         BIGINT NOT NULL,   -- yyyymmdd, ended at 24:00 WIB
    villages    BIGINT NOT NULL,   -- tells which villages were added up
    provisional BIGINT[] NOT NULL, -- iks.Tally counts
    verified    BIGINT[] NOT NULL,
    collection  BIGINT[] NOT NULL, -- collection.Counts
    causes      BIGINT[] NOT NULL, -- store.CauseSums
    PRIMARY KEY (area, day)
);

-- Behind the wall, too: read by who sees figures of the whole area, written by who
-- sees all.
ALTER TABLE area_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE area_day FORCE ROW LEVEL SECURITY;
CREATE POLICY figures ON area_day FOR SELECT USING (area COLLATE "C" >= (SELECT NULLIF(current_setting('ks.figures_from', true), ''))
    AND area COLLATE "C" < (SELECT NULLIF(current_setting('ks.figures_to', true), '')));
CREATE POLICY whole ON area_day USING ((SELECT current_setting('ks.figures_from', true)) = '0')
    WITH CHECK ((SELECT current_setting('ks.figures_from', true)) = '0');
