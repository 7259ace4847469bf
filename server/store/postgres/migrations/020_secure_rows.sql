-- +goose Up

-- Row-level security is the second wall behind the server's own access rules. A
-- transaction declares whom it acts for by settings that end with it, and a row
-- of another village is not there. Unset means nothing. FORCE holds for the owner
-- too; commands of operators take the role keluarga_sehat_operator, for which
-- roles.go makes a policy of its own. The settings are read as scalar subqueries,
-- once a statement: read a row they cost 2.3 times the time.

-- ks.village is the village that the transaction writes, and may read.
CREATE FUNCTION ks_village() RETURNS BIGINT LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('ks.village', true), '')::BIGINT $$;

-- ks.villages are those whose families it may read.
CREATE FUNCTION ks_villages() RETURNS BIGINT[] LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('ks.villages', true), '')::BIGINT[] $$;

-- ks_protect puts a table with a column village behind the wall. Every table that
-- holds anything of families must be; a test finds those that are not.
-- +goose StatementBegin
CREATE FUNCTION ks_protect(t REGCLASS) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY scope ON %s
        USING (village = (SELECT ks_village()) OR village = ANY ((SELECT ks_villages())::BIGINT[]))
        WITH CHECK (village = (SELECT ks_village()))', t);
END $$;
-- +goose StatementEnd

SELECT ks_protect('family'), ks_protect('history'), ks_protect('departure'), ks_protect('place'), ks_protect('daily'),
    ks_protect('quarantine'), ks_protect('batch'), ks_protect('identifier');

-- Tallies may be read by who sees figures of the village: listed in ks.figures,
-- or with a code from ks.figures_from up to ks.figures_to.
CREATE POLICY figures ON place FOR SELECT USING (
    village = ANY ((SELECT NULLIF(current_setting('ks.figures', true), '')::BIGINT[])::BIGINT[])
    OR village IN (SELECT number FROM village v WHERE v.code >= (SELECT NULLIF(current_setting('ks.figures_from', true), ''))
        AND v.code < (SELECT NULLIF(current_setting('ks.figures_to', true), ''))));
CREATE POLICY figures ON daily FOR SELECT USING (
    village = ANY ((SELECT NULLIF(current_setting('ks.figures', true), '')::BIGINT[])::BIGINT[])
    OR village IN (SELECT number FROM village v WHERE v.code >= (SELECT NULLIF(current_setting('ks.figures_from', true), ''))
        AND v.code < (SELECT NULLIF(current_setting('ks.figures_to', true), ''))));

-- notice: its account reads it; who decides on work in a village writes it.
ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE notice FORCE ROW LEVEL SECURITY;
CREATE POLICY scope ON notice
    USING (account = (SELECT NULLIF(current_setting('ks.account', true), '')::BIGINT) OR (SELECT ks_village()) IS NOT NULL)
    WITH CHECK ((SELECT ks_village()) IS NOT NULL);

-- Some questions reach over all villages, and their answers are ids, hashes and
-- counts: whether a change was committed or waits elsewhere, how much of a device
-- waits, who shares an identifier. Only the functions below set ks.lookup.
CREATE POLICY lookup ON history FOR SELECT USING ((SELECT current_setting('ks.lookup', true)) = 'on');
CREATE POLICY lookup ON quarantine FOR SELECT USING ((SELECT current_setting('ks.lookup', true)) = 'on');
CREATE POLICY lookup ON identifier FOR SELECT USING ((SELECT current_setting('ks.lookup', true)) = 'on');

CREATE FUNCTION ks_committed(changes BYTEA[])
RETURNS TABLE (change BYTEA, village BIGINT, revision BIGINT, content_hash BYTEA, time_ms BIGINT, counter BIGINT, device BIGINT, incarnation BIGINT)
LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT h.change, h.village, h.revision, h.content_hash, h.time_ms, h.counter, h.device, h.incarnation FROM history h
   WHERE h.change = ANY (changes) $$;

CREATE FUNCTION ks_quarantined(changes BYTEA[]) RETURNS SETOF quarantine LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT * FROM quarantine q WHERE q.change = ANY (changes) $$;

CREATE FUNCTION ks_waiting(of_device BIGINT, at_most BIGINT) RETURNS BIGINT LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT count(*) FROM (SELECT 1 FROM quarantine q WHERE q.device = of_device AND q.state = 0 LIMIT at_most) AS waiting $$;

CREATE FUNCTION ks_sharing(of_hash BYTEA) RETURNS SETOF identifier LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT * FROM identifier i WHERE i.hash = of_hash $$;

CREATE FUNCTION ks_shared(of_villages BIGINT[], after BYTEA, at_most BIGINT) RETURNS SETOF identifier LANGUAGE sql STABLE SET ks.lookup = 'on' AS
$$ SELECT * FROM identifier mine WHERE mine.village = ANY (of_villages) AND mine.family > after
   AND EXISTS (SELECT 1 FROM identifier other WHERE other.hash = mine.hash AND other.family <> mine.family)
   ORDER BY mine.family, mine.hash, mine.member LIMIT at_most $$;
