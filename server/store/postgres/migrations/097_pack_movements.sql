-- +goose Up

-- movement: how the families moved whose counted values a commit changed, all of a commit
-- in one value (store.PackMovements): a row of each took 120 bytes, its index as much.
-- The wall, which holds for the owner too, would show none of what is carried over.
ALTER TABLE movement NO FORCE ROW LEVEL SECURITY;
SET LOCAL row_security = off; -- rows that it hid all the same would be an error
ALTER TABLE movement RENAME TO movement_each;
CREATE TABLE movement (
    village  BIGINT NOT NULL,
    day      BIGINT NOT NULL, -- yyyymmdd, ends at 24:00 WIB
    revision BIGINT NOT NULL, -- the village's last with that commit
    moved    BYTEA NOT NULL
);
INSERT INTO movement (village, day, revision, moved)
SELECT village, day, revision, string_agg(
    family || substr(int4send(cause::integer), 4) || int8send(provisional_before) || int8send(provisional_after)
        || int8send(verified_before) || int8send(verified_after) || substr(int4send(length(years)), 3) || convert_to(years, 'UTF8'),
    ''::bytea ORDER BY family)
FROM movement_each GROUP BY village, day, revision;
DROP TABLE movement_each;
ALTER TABLE movement ADD PRIMARY KEY (village, day, revision);
SET LOCAL row_security = on;
ANALYZE movement;

SELECT ks_protect('movement');
CREATE POLICY figures ON movement FOR SELECT USING (
    (SELECT current_setting('ks.figures_from', true)) = '0'
    OR village = ANY ((SELECT NULLIF(current_setting('ks.figures', true), '')::BIGINT[])::BIGINT[])
    OR village IN (SELECT number FROM village v WHERE v.code >= (SELECT NULLIF(current_setting('ks.figures_from', true), ''))
        AND v.code < (SELECT NULLIF(current_setting('ks.figures_to', true), ''))));
