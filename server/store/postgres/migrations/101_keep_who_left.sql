-- +goose Up

-- identifier_left: identifiers that a family was found by and is no more, until those that
-- are found by them still have been looked at: they share them with fewer. It is written
-- with the index, so that no end of a process comes between. writes is
-- identifier_progress.writes as of then, which tells one time from the next.
CREATE TABLE identifier_left (
    village BIGINT NOT NULL, -- the family's
    writes  BIGINT NOT NULL,
    hash    BYTEA NOT NULL, -- 16 bytes
    PRIMARY KEY (village, writes, hash)
);
ALTER TABLE identifier_left ALTER COLUMN hash SET STATISTICS 0;
SELECT ks_protect('identifier_left');
CREATE POLICY lookup ON identifier_left FOR SELECT USING ((SELECT current_setting('ks.lookup', true)) = 'on');
CREATE FUNCTION ks_identifiers_left(at_most BIGINT) RETURNS SETOF identifier_left LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT * FROM identifier_left ORDER BY village, writes, hash LIMIT at_most $$;

-- How many families share a number decides whether they are told.
DROP FUNCTION ks_shared_hashes(BIGINT[]);
-- +goose StatementBegin
CREATE FUNCTION ks_shared_hashes(hashes BIGINT[]) RETURNS TABLE (hash BIGINT, families BIGINT) LANGUAGE plpgsql STABLE SET ks.lookup = 'on' SET enable_seqscan = 'off' AS $$
BEGIN
    RETURN QUERY SELECT counted.hash, counted.families
        FROM (SELECT i.hash FROM identifier i WHERE i.hash = ANY (hashes) GROUP BY i.hash HAVING count(*) > 1) AS several,
        LATERAL (SELECT several.hash, count(DISTINCT (i.village, i.revision)) FROM identifier i WHERE i.hash = several.hash) AS counted (hash, families)
        WHERE counted.families > 1;
END $$;
-- +goose StatementEnd
