-- +goose Up

-- audit_chain: where the chain of each process stands.
CREATE TABLE audit_chain (
    chain        INTEGER NOT NULL,          -- 64 random bits
    sequence     INTEGER NOT NULL,          -- of the last entry
    hash         BLOB NOT NULL,          -- of the last entry, 32 bytes
    checkpointed INTEGER NOT NULL DEFAULT 0, -- sequence that the last checkpoint covers
    PRIMARY KEY (chain)
) STRICT, WITHOUT ROWID;

-- audit_entry: what happened. body is the AuditEntry without its hash; hash is
-- SHA-256 over the hash of the entry before and body. (chain, sequence) has no
-- gap. The columns repeat what body says, for search. Nothing personal.
CREATE TABLE audit_entry (
    chain     INTEGER NOT NULL,
    sequence  INTEGER NOT NULL,
    time_ms   INTEGER NOT NULL,
    kind      INTEGER NOT NULL,
    account   INTEGER NOT NULL,             -- who acted; 0 nobody or an operator
    district  TEXT NOT NULL,            -- of that account; '' none
    puskesmas TEXT NOT NULL,
    body      BLOB NOT NULL,
    hash      BLOB NOT NULL,             -- 32 bytes
    PRIMARY KEY (chain, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_by_time ON audit_entry (time_ms, chain, sequence);
CREATE INDEX audit_by_account ON audit_entry (account, time_ms, chain, sequence);
CREATE INDEX audit_by_puskesmas ON audit_entry (puskesmas, time_ms, chain, sequence) WHERE puskesmas <> '';
CREATE INDEX audit_by_district ON audit_entry (district, time_ms, chain, sequence) WHERE district <> '';

-- audit_subject: what an entry concerned, such as a family or an area.
CREATE TABLE audit_subject (
    subject  BLOB NOT NULL,
    chain    INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (subject, chain, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_subject_by_entry ON audit_subject (chain, sequence);

-- audit_checkpoint: joins the chains, signed by a key that is not in the store.
CREATE TABLE audit_checkpoint (
    number    INTEGER NOT NULL,             -- from 1, without a gap
    body      BLOB NOT NULL,             -- AuditCheckpoint
    signature BLOB NOT NULL,             -- Ed25519 over body
    PRIMARY KEY (number)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER audit_entry_stays_update BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_entry_stays_delete BEFORE DELETE ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_subject_stays_update BEFORE UPDATE ON audit_subject BEGIN SELECT RAISE(ABORT, 'audit_subject is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_subject_stays_delete BEFORE DELETE ON audit_subject BEGIN SELECT RAISE(ABORT, 'audit_subject is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_checkpoint_stays_update BEFORE UPDATE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_checkpoint_stays_delete BEFORE DELETE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is append-only'); END;
-- +goose StatementEnd
