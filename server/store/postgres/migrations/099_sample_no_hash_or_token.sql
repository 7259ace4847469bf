-- +goose Up

-- As 098, of those by which rows are found. But identifier.hash, a BIGINT, is sampled still:
-- without, the planner would take a batch's numbers for the whole index. Some two hundred of
-- those keyed hashes are kept until the next ANALYZE.
-- +goose StatementBegin
DO $$
DECLARE c RECORD;
BEGIN
    FOR c IN
        SELECT a.attrelid::regclass AS of_table, a.attname FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
        WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND t.relname IN ('account', 'area', 'area_day', 'audit_chain', 'audit_checkpoint', 'audit_entry', 'audit_subject', 'batch', 'closed_double', 'daily',
            'departure', 'device', 'double_case', 'effort', 'export', 'family', 'feed_token', 'handover', 'history', 'identified', 'identifier', 'identifier_progress',
            'incarnation', 'look_up_use', 'meta', 'movement', 'notice', 'place', 'puskesmas', 'quarantine', 'registration', 'registration_event', 'registration_file',
            'registration_nominee', 'registration_puskesmas', 'session', 'target', 'verdict', 'village')
            AND a.atttypid = 'bytea'::regtype AND NOT a.attisdropped
            AND a.attname ~ '(hash|token)$' AND a.attstattarget IS DISTINCT FROM 0
    LOOP
        BEGIN
            EXECUTE format('ALTER TABLE %s ALTER COLUMN %I TYPE BYTEA', c.of_table, c.attname);
        EXCEPTION WHEN OTHERS THEN -- somebody has a view of it, a trigger on it
            RAISE WARNING '%.%: what was sampled of it before stays: %', c.of_table, c.attname, SQLERRM;
        END;
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS 0', c.of_table, c.attname);
    END LOOP;
END $$;
-- +goose StatementEnd
