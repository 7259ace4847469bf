-- +goose Up

-- export: files that accounts took away, how far they are and how they ended, for
-- whoever took them. No personal data and no reason: the audit trail has that,
-- and keeps it. Rows older than 30 days are deleted.
CREATE TABLE export (
    account    INTEGER NOT NULL,
    id         BLOB NOT NULL, -- 16 random bytes
    state      INTEGER NOT NULL, -- ksv1.ExportState
    file_name  TEXT NOT NULL,
    row_count  INTEGER NOT NULL, -- rows that left so far, without the header line
    families   INTEGER NOT NULL, -- that they are of; 0 for figures
    began_ms   INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX export_by_time ON export (began_ms);

-- feed_token: read-only tokens for feeds of aggregates. Of what opens only a hash
-- is kept. Never deleted while its account is there: numbers stand in the trail.
CREATE TABLE feed_token (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    account    INTEGER NOT NULL, -- whose
    hash       BLOB NOT NULL UNIQUE, -- SHA-256 of the secret
    name       TEXT NOT NULL, -- what it is for, as its owner named it; no personal data
    area       TEXT NOT NULL, -- path that it is bound to; '' all that its owner sees
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    revoked_ms INTEGER NOT NULL, -- 0 not
    used_ms    INTEGER NOT NULL  -- last read of a feed, to the hour; 0 never
) STRICT;
CREATE INDEX feed_token_by_account ON feed_token (account, number);
