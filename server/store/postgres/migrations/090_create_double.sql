-- +goose Up

-- family: doubles says in the clear that it shares an identifier with others
-- (flags of package review): 1 open, 2 with another Puskesmas, 4 dismissed, 8
-- decided at the other family. What, and what was decided, is in review.
ALTER TABLE family ADD COLUMN doubles BIGINT NOT NULL DEFAULT 0;
CREATE INDEX family_doubled ON family (village, id) WHERE doubles > 0;

-- effort: families that count here and in another Puskesmas, too.
ALTER TABLE effort ADD COLUMN doubled_elsewhere BIGINT NOT NULL DEFAULT 0;

-- closed_double: which family of a double was closed as moved, so that the other
-- is not closed too, whoever answers first. One row a double, by its token.
CREATE TABLE closed_double (
    token   BYTEA NOT NULL PRIMARY KEY, -- 10 bytes
    village BIGINT NOT NULL,
    family  BYTEA NOT NULL
);
CREATE INDEX closed_double_by_family ON closed_double (village, family);

-- double_case: doubles of which both sides say that the family lives there, a row
-- a side. The district sees token and village.
CREATE TABLE double_case (
    village   BIGINT NOT NULL,
    family    BYTEA NOT NULL,
    token     BYTEA NOT NULL, -- 10 bytes
    opened_ms BIGINT NOT NULL, -- ms since 1970-01-01 UTC
    PRIMARY KEY (village, family, token)
);
CREATE INDEX double_case_by_token ON double_case (token, village);

-- history: the author of a change that only kept values which others had entered
-- stands there as a negative number: it judged, and collected nothing.

SELECT ks_protect('closed_double'), ks_protect('double_case');
CREATE POLICY figures ON double_case FOR SELECT USING (
    village = ANY ((SELECT NULLIF(current_setting('ks.figures', true), '')::BIGINT[])::BIGINT[])
    OR village IN (SELECT number FROM village v WHERE v.code >= (SELECT NULLIF(current_setting('ks.figures_from', true), ''))
        AND v.code < (SELECT NULLIF(current_setting('ks.figures_to', true), ''))));

DROP FUNCTION ks_shared(BIGINT[], BYTEA, BIGINT);

-- Who shares any of many identifiers with another family: ids and hashes.
CREATE FUNCTION ks_shared_hashes(hashes BYTEA[]) RETURNS TABLE (hash BYTEA) LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT i.hash FROM identifier i WHERE i.hash = ANY (hashes) GROUP BY i.hash HAVING count(DISTINCT i.family) > 1 $$;
