-- +goose Up

-- A save writes two trees, the change and its entry by family, instead of four: each
-- costs a page in the log and its share of the sync. So
-- * an id is unique within its family, and is looked for there; ids are drawn from a
--   counter that never goes back, and the server notices one used twice;
-- * only changes that are not pending any more have an entry by status. Which are
--   pending, unsent tells from the entries: a few bytes a change, once a session.
-- Columns are those of 001, 020 and 023.
CREATE TABLE change_030 (
    seq        INTEGER PRIMARY KEY,
    id         BLOB NOT NULL,
    family_id  BLOB NOT NULL,
    village    INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    revision   INTEGER NOT NULL,
    saved_ms   INTEGER NOT NULL,
    acked_ms   INTEGER NOT NULL,
    chain_hash BLOB NOT NULL,
    payload    BLOB NOT NULL,
    escrow_id  INTEGER REFERENCES escrow (id),
    escrow     BLOB,
    receipt    BLOB,
    copied     INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO change_030 (seq, id, family_id, village, status, revision, saved_ms, acked_ms, chain_hash, payload, escrow_id, escrow, receipt, copied)
SELECT seq, id, family_id, village, status, revision, saved_ms, acked_ms, chain_hash, payload, escrow_id, escrow, receipt, copied
FROM change ORDER BY seq;
DROP TABLE change;
ALTER TABLE change_030 RENAME TO change;
CREATE UNIQUE INDEX change_by_family ON change (family_id, id);
-- SQLite uses it where a query says status > 0 in so many words.
CREATE INDEX change_settled ON change (status) WHERE status > 0;
CREATE VIEW unsent AS
SELECT seq FROM change INDEXED BY change_by_family WHERE seq NOT IN (SELECT seq FROM change WHERE status > 0);

-- +goose Down
