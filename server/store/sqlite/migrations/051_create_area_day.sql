-- +goose Up

-- area_day: what the villages of a district, a province or the nation added up to
-- as of the end of a day that is over, and by how much each cause moved them on
-- that day: sums of daily and movement, which would be too many to read for a
-- question about the nation. An area has a row for every day from the first on
-- which one of its villages changed. All rows of an area are of the same villages;
-- when it has others, they are written anew. It is made of tallies alone, and may
-- be deleted at any time.
CREATE TABLE area_day (
    area        TEXT NOT NULL,    -- dotted; '' the nation
    day         INTEGER NOT NULL, -- yyyymmdd, ended at 24:00 WIB
    villages    INTEGER NOT NULL, -- tells which villages were added up
    provisional TEXT NOT NULL,    -- JSON of iks.Tally counts
    verified    TEXT NOT NULL,
    collection  TEXT NOT NULL,    -- of collection.Counts
    causes      TEXT NOT NULL,    -- of store.CauseSums
    PRIMARY KEY (area, day)
) STRICT, WITHOUT ROWID;
