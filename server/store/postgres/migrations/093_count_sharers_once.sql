-- +goose Up

-- Counting the families of each number apart made the engine sort for every number, to
-- find that one in hundreds is shared. Entries are counted first, and families only where
-- a number has several.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ks_shared_hashes(hashes BIGINT[]) RETURNS TABLE (hash BIGINT) LANGUAGE plpgsql STABLE SET ks.lookup = 'on' SET enable_seqscan = 'off' AS $$
BEGIN
    RETURN QUERY SELECT several.hash
        FROM (SELECT i.hash FROM identifier i WHERE i.hash = ANY (hashes) GROUP BY i.hash HAVING count(*) > 1) AS several
        WHERE (SELECT count(DISTINCT i.family) FROM identifier i WHERE i.hash = several.hash) > 1;
END $$;
-- +goose StatementEnd
