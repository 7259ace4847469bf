-- +goose Up

-- What every commit asks over all villages. A function in SQL is read and planned anew
-- at each call, which took a tenth of the database's time for uploads; these keep their
-- plans for the connection's life; made while a table is still small, one that reads all of
-- it would stay when it has grown, so there is none.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ks_committed(changes BYTEA[])
RETURNS TABLE (change BYTEA, village BIGINT, revision BIGINT, content_hash BYTEA, time_ms BIGINT, counter BIGINT, device BIGINT, incarnation BIGINT)
LANGUAGE plpgsql STABLE SET ks.lookup = 'on' SET enable_seqscan = 'off' AS $$
BEGIN
    RETURN QUERY SELECT h.change, h.village, h.revision, h.content_hash, h.time_ms, h.counter, h.device, h.incarnation FROM history h
        WHERE h.change = ANY (changes);
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ks_quarantined(changes BYTEA[]) RETURNS SETOF quarantine LANGUAGE plpgsql STABLE SET ks.lookup = 'on' SET enable_seqscan = 'off' AS $$
BEGIN
    RETURN QUERY SELECT * FROM quarantine q WHERE q.change = ANY (changes);
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ks_sharing(of_hash BIGINT, at_most BIGINT) RETURNS SETOF identified LANGUAGE plpgsql STABLE SET ks.lookup = 'on' SET enable_seqscan = 'off' AS $$
BEGIN
    RETURN QUERY SELECT d.village, d.family, d.entries
        FROM (SELECT DISTINCT i.village, i.family FROM identifier i WHERE i.hash = of_hash ORDER BY 1, 2 LIMIT at_most) AS mine
        JOIN identified d ON d.village = mine.village AND d.family = mine.family;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION ks_shared_hashes(hashes BIGINT[]) RETURNS TABLE (hash BIGINT) LANGUAGE plpgsql STABLE SET ks.lookup = 'on' SET enable_seqscan = 'off' AS $$
BEGIN
    RETURN QUERY SELECT i.hash FROM identifier i WHERE i.hash = ANY (hashes) GROUP BY i.hash HAVING count(DISTINCT i.family) > 1;
END $$;
-- +goose StatementEnd
