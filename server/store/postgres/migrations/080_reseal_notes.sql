-- +goose Up

-- registration_event: nothing of it is ever changed, but for the sealing of its
-- note while keys are rotated (meta "keys.rotating").
-- +goose StatementBegin
CREATE FUNCTION registration_event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM meta WHERE name = 'keys.rotating' AND value <> '') AND OLD.note IS NOT NULL AND NEW.note IS NOT NULL
        AND to_jsonb(OLD) - 'note' = to_jsonb(NEW) - 'note' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'registration_event is append-only';
END $$;
-- +goose StatementEnd

DROP TRIGGER registration_event_stays ON registration_event;
CREATE TRIGGER registration_event_stays BEFORE DELETE OR TRUNCATE ON registration_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
CREATE TRIGGER registration_event_stays_update BEFORE UPDATE ON registration_event
    FOR EACH ROW EXECUTE FUNCTION registration_event_stays();
