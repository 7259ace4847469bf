-- +goose Up

-- registration_event: nothing of it is ever changed, but for the sealing of its
-- note while keys are rotated (meta "keys.rotating").
DROP TRIGGER registration_event_stays_update;
-- +goose StatementBegin
CREATE TRIGGER registration_event_stays_update BEFORE UPDATE ON registration_event
WHEN NOT EXISTS (SELECT 1 FROM meta WHERE name = 'keys.rotating' AND value <> '')
    OR OLD.note IS NULL OR NEW.note IS NULL
    OR (OLD.registration, OLD.sequence, OLD.time_ms, OLD.step, OLD.puskesmas, OLD.state_before, OLD.state_after, OLD.actor, OLD.nominee, OLD.channel)
    <> (NEW.registration, NEW.sequence, NEW.time_ms, NEW.step, NEW.puskesmas, NEW.state_before, NEW.state_after, NEW.actor, NEW.nominee, NEW.channel)
BEGIN SELECT RAISE(ABORT, 'registration_event is append-only'); END;
-- +goose StatementEnd
