-- +goose Up

-- audit_chain: where the chain of each process stands.
CREATE TABLE audit_chain (
    chain        BIGINT NOT NULL,          -- 64 random bits
    sequence     BIGINT NOT NULL,          -- of the last entry
    hash         BYTEA NOT NULL,          -- of the last entry, 32 bytes
    checkpointed BIGINT NOT NULL DEFAULT 0, -- sequence that the last checkpoint covers
    PRIMARY KEY (chain)
);

-- audit_entry: what happened. body is the AuditEntry without its hash; hash is
-- SHA-256 over the hash of the entry before and body. (chain, sequence) has no
-- gap. The columns repeat what body says, for search. Nothing personal.
CREATE TABLE audit_entry (
    chain     BIGINT NOT NULL,
    sequence  BIGINT NOT NULL,
    time_ms   BIGINT NOT NULL,
    kind      BIGINT NOT NULL,
    account   BIGINT NOT NULL,             -- who acted; 0 nobody or an operator
    district  TEXT NOT NULL,            -- of that account; '' none
    puskesmas TEXT NOT NULL,
    body      BYTEA NOT NULL,
    hash      BYTEA NOT NULL,             -- 32 bytes
    PRIMARY KEY (chain, sequence)
);
CREATE INDEX audit_by_time ON audit_entry (time_ms, chain, sequence);
CREATE INDEX audit_by_account ON audit_entry (account, time_ms, chain, sequence);
CREATE INDEX audit_by_puskesmas ON audit_entry (puskesmas, time_ms, chain, sequence) WHERE puskesmas <> '';
CREATE INDEX audit_by_district ON audit_entry (district, time_ms, chain, sequence) WHERE district <> '';

-- audit_subject: what an entry concerned, such as a family or an area.
CREATE TABLE audit_subject (
    subject  BYTEA NOT NULL,
    chain    BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    PRIMARY KEY (subject, chain, sequence)
);
CREATE INDEX audit_subject_by_entry ON audit_subject (chain, sequence);

-- audit_checkpoint: joins the chains, signed by a key that is not in the store.
CREATE TABLE audit_checkpoint (
    number    BIGINT NOT NULL,             -- from 1, without a gap
    body      BYTEA NOT NULL,             -- AuditCheckpoint
    signature BYTEA NOT NULL,             -- Ed25519 over body
    PRIMARY KEY (number)
);

-- +goose StatementBegin
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
CREATE TRIGGER audit_subject_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_subject FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
CREATE TRIGGER audit_checkpoint_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
