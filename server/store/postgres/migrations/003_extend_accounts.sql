-- +goose Up

-- account: a person behind it, and a one-time code to activate it. Without a
-- password it waits for activation.
ALTER TABLE account ADD COLUMN person BYTEA;                          -- sealed Person under salt; null: none is known
ALTER TABLE account ADD COLUMN nik_hash BYTEA;                        -- 16 bytes, keyed; null: none is known
ALTER TABLE account ADD COLUMN registered BIGINT NOT NULL DEFAULT 0; -- 1: the person's form was accepted
ALTER TABLE account ADD COLUMN code_hash BYTEA;                       -- of the one-time code; null: none is out
ALTER TABLE account ADD COLUMN code_expires_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN code_failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN acting_until_ms BIGINT NOT NULL DEFAULT 0; -- acts as supervisor before this instant
ALTER TABLE account ADD COLUMN created_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN activated_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN used_ms BIGINT NOT NULL DEFAULT 0;    -- last sign-in or renewal; 0 never
CREATE INDEX account_by_nik ON account (nik_hash) WHERE nik_hash IS NOT NULL;
CREATE INDEX account_by_puskesmas ON account (puskesmas, number);
CREATE INDEX account_by_area ON account (area, number) WHERE puskesmas = '';

-- device: what it said and did at its last syncs.
ALTER TABLE device ADD COLUMN opened_ms BIGINT NOT NULL DEFAULT 0;  -- last sync begun; 0 never
ALTER TABLE device ADD COLUMN synced_ms BIGINT NOT NULL DEFAULT 0;  -- last sync that went to its end; 0 never
ALTER TABLE device ADD COLUMN unsent BIGINT NOT NULL DEFAULT 0;     -- changes that a broken-off sync had announced
CREATE INDEX device_by_account ON device (account, number);

-- session: why it ended (revoked: 0 it has not, 1 signed out, 2 a used token
-- was shown again, 3 ended by hand, 4 other password, 5 account disabled).
ALTER TABLE session ADD COLUMN generation BIGINT NOT NULL DEFAULT 0; -- rotations
ALTER TABLE session ADD COLUMN created_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN used_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX session_by_account ON session (account, created_ms);
