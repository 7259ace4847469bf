-- +goose Up

-- identifier_stale: identifiers of which families may be told wrongly who shares them, until
-- those that are found by them have been looked at: a family has them no more, or its village
-- came to another Puskesmas. It is written with what made it so: no end of a process comes
-- between. writes is identifier_progress.writes as of then: one may be stale more than once.
CREATE TABLE identifier_stale (
    village BIGINT NOT NULL, -- that of the family which made it so
    writes  BIGINT NOT NULL,
    hash    BYTEA NOT NULL, -- 16 bytes
    PRIMARY KEY (village, writes, hash)
);
ALTER TABLE identifier_stale ALTER COLUMN hash SET STATISTICS 0;
SELECT ks_protect('identifier_stale');
CREATE POLICY lookup ON identifier_stale FOR SELECT USING ((SELECT current_setting('ks.lookup', true)) = 'on');
CREATE FUNCTION ks_stale_identifiers(at_most BIGINT) RETURNS SETOF identifier_stale LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT * FROM identifier_stale ORDER BY village, writes, hash LIMIT at_most $$;

-- identifier_unread: families that did not open when the index was to have them, or when they,
-- or others that share a number with them, were to be told. They are tried again.
CREATE TABLE identifier_unread (
    village BIGINT NOT NULL,
    family  BYTEA NOT NULL,
    PRIMARY KEY (village, family)
);
SELECT ks_protect('identifier_unread');
CREATE POLICY lookup ON identifier_unread FOR SELECT USING ((SELECT current_setting('ks.lookup', true)) = 'on');
CREATE FUNCTION ks_unread_families(at_most BIGINT) RETURNS SETOF identifier_unread LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT * FROM identifier_unread ORDER BY village, family LIMIT at_most $$;

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
