-- +goose Up

-- identifier: which families have an NIK or NKK, by the first 8 bytes of its keyed
-- hash as a signed number. Entries lie scattered over the whole index, each touched
-- page of which is written whole to the WAL after a checkpoint, so the index holds
-- nothing but that number: whose it is, and the rest of the hash, is in the family's
-- row of identified. An entry may be there twice where two servers followed a village
-- at once; it is forgotten as often.
DROP FUNCTION ks_sharing(BYTEA);
DROP FUNCTION ks_shared_hashes(BYTEA[]);
ALTER TABLE identifier RENAME TO identifier_long;
ALTER TABLE identifier_long NO FORCE ROW LEVEL SECURITY;
CREATE TABLE identifier (
    hash    BIGINT NOT NULL,
    village BIGINT NOT NULL,
    family  BYTEA NOT NULL
);
INSERT INTO identifier (hash, village, family)
SELECT DISTINCT ('x' || encode(substr(hash, 1, 8), 'hex'))::bit(64)::bigint, village, family FROM identifier_long;
CREATE INDEX identifier_by_hash ON identifier (hash);
DROP TABLE identifier_long;
SELECT ks_protect('identifier');
CREATE POLICY lookup ON identifier FOR SELECT USING ((SELECT current_setting('ks.lookup', true)) = 'on');
CREATE POLICY lookup ON identified FOR SELECT USING ((SELECT current_setting('ks.lookup', true)) = 'on');

-- What the families with a number are found by, and who shares any of many numbers
-- with another family: ids and hashes.
CREATE FUNCTION ks_sharing(of_hash BIGINT, at_most BIGINT) RETURNS SETOF identified LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT d.village, d.family, d.entries
   FROM (SELECT DISTINCT i.village, i.family FROM identifier i WHERE i.hash = of_hash ORDER BY 1, 2 LIMIT at_most) AS mine
   JOIN identified d ON d.village = mine.village AND d.family = mine.family $$;
CREATE FUNCTION ks_shared_hashes(hashes BIGINT[]) RETURNS TABLE (hash BIGINT) LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT i.hash FROM identifier i WHERE i.hash = ANY (hashes) GROUP BY i.hash HAVING count(DISTINCT i.family) > 1 $$;
