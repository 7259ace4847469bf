-- +goose Up

-- family: what it adds to the status of collection (collection.Family).
ALTER TABLE family ADD COLUMN calls INTEGER NOT NULL DEFAULT 0;    -- its visits (collection.Calls): pseudonymous, in the clear
ALTER TABLE family ADD COLUMN surveyor INTEGER NOT NULL DEFAULT 0; -- account to whose work it counts; 0 nobody

-- village, place, daily: the status of collection (collection.Counts), the sum
-- over families; that of daily as of the last commit of the day. Empty: all zero,
-- or from before this migration, until `ks-server recompute`.
ALTER TABLE village ADD COLUMN collection TEXT NOT NULL DEFAULT '[]';
ALTER TABLE place ADD COLUMN collection TEXT NOT NULL DEFAULT '[]';
ALTER TABLE daily ADD COLUMN collection TEXT NOT NULL DEFAULT '[]';
CREATE INDEX daily_by_day ON daily (day, village);

-- effort: by how much the work of one account changed a village's status of
-- collection on a day. The sum over accounts and days up to one is the village's
-- status then. Counts may be negative.
CREATE TABLE effort (
    village  INTEGER NOT NULL,
    day      INTEGER NOT NULL, -- yyyymmdd, ends at 24:00 WIB
    surveyor INTEGER NOT NULL, -- account; 0 nobody or an import
    families               INTEGER NOT NULL,
    visited                INTEGER NOT NULL,
    surveyed               INTEGER NOT NULL,
    complete_inti          INTEGER NOT NULL,
    complete_besar         INTEGER NOT NULL,
    not_at_home            INTEGER NOT NULL,
    refused                INTEGER NOT NULL,
    vacant                 INTEGER NOT NULL,
    partial                INTEGER NOT NULL,
    moved                  INTEGER NOT NULL,
    submitted              INTEGER NOT NULL,
    changed_since_approval INTEGER NOT NULL,
    approved               INTEGER NOT NULL,
    returned               INTEGER NOT NULL,
    visits                 INTEGER NOT NULL,
    visits_not_at_home     INTEGER NOT NULL,
    visits_refused         INTEGER NOT NULL,
    PRIMARY KEY (village, day, surveyor)
) STRICT, WITHOUT ROWID;

-- movement: a family whose counted values a commit changed, on either basis. The
-- sum of after less before over a village and its days up to one is the village's
-- tally then.
CREATE TABLE movement (
    village  INTEGER NOT NULL,
    day      INTEGER NOT NULL, -- yyyymmdd, ends at 24:00 WIB
    revision INTEGER NOT NULL, -- the village's last with that commit
    family   BLOB NOT NULL, -- 16 bytes
    cause    INTEGER NOT NULL, -- store.Cause
    provisional_before INTEGER NOT NULL, -- packed values; 0 did not count
    provisional_after  INTEGER NOT NULL,
    verified_before    INTEGER NOT NULL,
    verified_after     INTEGER NOT NULL,
    PRIMARY KEY (village, day, revision, family)
) STRICT, WITHOUT ROWID;
