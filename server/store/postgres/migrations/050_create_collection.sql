-- +goose Up

-- family: what it adds to the status of collection (collection.Family).
ALTER TABLE family ADD COLUMN calls BIGINT NOT NULL DEFAULT 0;    -- its visits (collection.Calls): pseudonymous, in the clear
ALTER TABLE family ADD COLUMN surveyor BIGINT NOT NULL DEFAULT 0; -- account to whose work it counts; 0 nobody

-- village, place, daily: the status of collection (collection.Counts), the sum
-- over families; that of daily as of the last commit of the day. Empty: all zero,
-- or from before this migration, until `ks-server recompute`.
ALTER TABLE village ADD COLUMN collection BIGINT[] NOT NULL DEFAULT '{}';
ALTER TABLE place ADD COLUMN collection BIGINT[] NOT NULL DEFAULT '{}';
ALTER TABLE daily ADD COLUMN collection BIGINT[] NOT NULL DEFAULT '{}';
CREATE INDEX daily_by_day ON daily (day, village);

-- effort: by how much the work of one account changed a village's status of
-- collection on a day. The sum over accounts and days up to one is the village's
-- status then. Counts may be negative.
CREATE TABLE effort (
    village  BIGINT NOT NULL,
    day      BIGINT NOT NULL, -- yyyymmdd, ends at 24:00 WIB
    surveyor BIGINT NOT NULL, -- account; 0 nobody or an import
    families               BIGINT NOT NULL,
    visited                BIGINT NOT NULL,
    surveyed               BIGINT NOT NULL,
    complete_inti          BIGINT NOT NULL,
    complete_besar         BIGINT NOT NULL,
    not_at_home            BIGINT NOT NULL,
    refused                BIGINT NOT NULL,
    vacant                 BIGINT NOT NULL,
    partial                BIGINT NOT NULL,
    moved                  BIGINT NOT NULL,
    submitted              BIGINT NOT NULL,
    changed_since_approval BIGINT NOT NULL,
    approved               BIGINT NOT NULL,
    returned               BIGINT NOT NULL,
    visits                 BIGINT NOT NULL,
    visits_not_at_home     BIGINT NOT NULL,
    visits_refused         BIGINT NOT NULL,
    PRIMARY KEY (village, day, surveyor)
);

-- movement: a family whose counted values a commit changed, on either basis. The
-- sum of after less before over a village and its days up to one is the village's
-- tally then.
CREATE TABLE movement (
    village  BIGINT NOT NULL,
    day      BIGINT NOT NULL, -- yyyymmdd, ends at 24:00 WIB
    revision BIGINT NOT NULL, -- the village's last with that commit
    family   BYTEA NOT NULL, -- 16 bytes
    cause    BIGINT NOT NULL, -- store.Cause
    provisional_before BIGINT NOT NULL, -- packed values; 0 did not count
    provisional_after  BIGINT NOT NULL,
    verified_before    BIGINT NOT NULL,
    verified_after     BIGINT NOT NULL,
    PRIMARY KEY (village, day, revision, family)
);

-- Both stand behind the wall; figures of them may be read as those of daily.
SELECT ks_protect('effort'), ks_protect('movement');
CREATE POLICY figures ON effort FOR SELECT USING (
    village = ANY ((SELECT NULLIF(current_setting('ks.figures', true), '')::BIGINT[])::BIGINT[])
    OR village IN (SELECT number FROM village v WHERE v.code >= (SELECT NULLIF(current_setting('ks.figures_from', true), ''))
        AND v.code < (SELECT NULLIF(current_setting('ks.figures_to', true), ''))));
CREATE POLICY figures ON movement FOR SELECT USING (
    village = ANY ((SELECT NULLIF(current_setting('ks.figures', true), '')::BIGINT[])::BIGINT[])
    OR village IN (SELECT number FROM village v WHERE v.code >= (SELECT NULLIF(current_setting('ks.figures_from', true), ''))
        AND v.code < (SELECT NULLIF(current_setting('ks.figures_to', true), ''))));
