-- +goose Up

-- identified: revision is that as of which the family was listed, or, of what is carried over,
-- its present one. A list without a family, which should not be, keeps what the index has of
-- it removable: it gets a made-up negative number.
DROP FUNCTION ks_sharing(BIGINT, BIGINT);
DROP FUNCTION ks_shared_hashes(BIGINT[]);
-- The wall, which holds for the owner too, would show none of what is carried over.
ALTER TABLE family NO FORCE ROW LEVEL SECURITY;
ALTER TABLE identified NO FORCE ROW LEVEL SECURITY;
ALTER TABLE identified RENAME TO identified_before;
CREATE TABLE identified (
    village  BIGINT NOT NULL,
    family   BYTEA NOT NULL,
    entries  BYTEA NOT NULL, -- 32 bytes each: hash, member (16 zeros: the NKK)
    revision BIGINT NOT NULL
);
INSERT INTO identified (village, family, entries, revision)
SELECT d.village, d.family, d.entries, COALESCE(f.revision, -row_number() OVER ())
FROM identified_before d LEFT JOIN family f ON f.village = d.village AND f.id = d.family;
DROP TABLE identified_before;
ALTER TABLE identified ADD PRIMARY KEY (village, family);
CREATE UNIQUE INDEX identified_by_revision ON identified (village, revision);

-- identifier: an entry names the family by that revision, which takes 8 bytes instead of 17.
-- All entries are made anew from the lists, so that none is left that no list names, and
-- none lacks that one does. An entry may be there twice, and is forgotten as often.
DROP TABLE identifier;
CREATE TABLE identifier (
    hash     BIGINT NOT NULL,
    village  BIGINT NOT NULL,
    revision BIGINT NOT NULL
);
INSERT INTO identifier (hash, village, revision)
SELECT DISTINCT ('x' || encode(substr(entries, at, 8), 'hex'))::bit(64)::bigint, village, revision
FROM identified, generate_series(1, length(entries), 32) AS at;
CREATE INDEX identifier_by_hash ON identifier (hash);

ALTER TABLE family FORCE ROW LEVEL SECURITY;
SELECT ks_protect('identified'), ks_protect('identifier');
CREATE POLICY lookup ON identified FOR SELECT USING ((SELECT current_setting('ks.lookup', true)) = 'on');
CREATE POLICY lookup ON identifier FOR SELECT USING ((SELECT current_setting('ks.lookup', true)) = 'on');

-- +goose StatementBegin
CREATE FUNCTION ks_sharing(of_hash BIGINT, at_most BIGINT) RETURNS SETOF identified LANGUAGE plpgsql STABLE SET ks.lookup = 'on' SET enable_seqscan = 'off' AS $$
BEGIN
    RETURN QUERY SELECT d.village, d.family, d.entries, d.revision
        FROM (SELECT DISTINCT i.village, i.revision FROM identifier i WHERE i.hash = of_hash ORDER BY 1, 2 LIMIT at_most) AS mine
        JOIN identified d ON d.village = mine.village AND d.revision = mine.revision;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION ks_shared_hashes(hashes BIGINT[]) RETURNS TABLE (hash BIGINT) LANGUAGE plpgsql STABLE SET ks.lookup = 'on' SET enable_seqscan = 'off' AS $$
BEGIN
    RETURN QUERY SELECT several.hash
        FROM (SELECT i.hash FROM identifier i WHERE i.hash = ANY (hashes) GROUP BY i.hash HAVING count(*) > 1) AS several
        WHERE (SELECT count(DISTINCT (i.village, i.revision)) FROM identifier i WHERE i.hash = several.hash) > 1;
END $$;
-- +goose StatementEnd

-- identifier_progress: writes is how often what families of the village are found by was
-- written or erased, not only erased. Whoever read them before the last time does not
-- write them.
ALTER TABLE identifier_progress RENAME COLUMN erasures TO writes;
