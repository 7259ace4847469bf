-- +goose Up

-- identity: exactly one row. What this database is, and the clock of its
-- stamps. counter and the clock are those of the last transaction that was not a
-- save; what saves drew since, their changes tell. A new incarnation is drawn when the database is made, restored
-- or found to be a copy, and counter then goes on (ids stay unique either way).
CREATE TABLE identity (
    one              INTEGER PRIMARY KEY CHECK (one = 1),
    device           INTEGER NOT NULL, -- number given by the server
    author           INTEGER NOT NULL, -- number of the account
    incarnation      INTEGER NOT NULL, -- 32 bits, random
    counter          INTEGER NOT NULL, -- last counter used in an id, or reserved for one
    clock_ms         INTEGER NOT NULL, -- last stamp issued or seen
    clock_counter    INTEGER NOT NULL,
    clock_device     INTEGER NOT NULL,
    clock_incarnation INTEGER NOT NULL,
    server_offset_ms INTEGER,          -- device minus server at the last sync; null: never synced
    server_clock_ms  INTEGER NOT NULL, -- highest server time seen; 0: none
    session_nonces   BLOB,             -- of 16 bytes each: of the last welcome and presented since; null: none under this incarnation
    scope_revision   INTEGER NOT NULL,
    notice_revision  INTEGER NOT NULL,
    anchor_seq       INTEGER NOT NULL, -- last change deleted from the chain's old end; 0: none
    anchor_hash      BLOB NOT NULL,    -- its chain hash, 32 bytes
    last_sync_ms     INTEGER NOT NULL, -- device time of the last complete sync; 0: never
    epoch            INTEGER NOT NULL  -- of the server's store at the last sync, as signed 64 bits; 0: never
) STRICT;

-- keyslot: ways to the data key. purpose 1: wrapped under the user's password.
CREATE TABLE keyslot (
    purpose INTEGER PRIMARY KEY,
    wrapped BLOB NOT NULL
) STRICT;

-- secret: small sealed things by name: profile, device key, tokens.
CREATE TABLE secret (
    name    TEXT PRIMARY KEY,
    payload BLOB NOT NULL -- sealed
) STRICT;

-- escrow: keys under which unsent changes are sealed for the server, each
-- sealed to the server's public key. One a session of the app.
CREATE TABLE escrow (
    id  INTEGER PRIMARY KEY,
    enc BLOB NOT NULL
) STRICT;

-- deposit: seed of the device's Ed25519 key, in the clear, so that sealed changes
-- can be delivered when nobody can unlock the file. Whoever has it can put work
-- before the supervisor, under a quota, and nothing else: tokens are sealed.
CREATE TABLE deposit (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    seed BLOB NOT NULL -- 32 bytes
) STRICT;

-- village: what is followed. The cursor is the server's (epoch, revision,
-- hash); witnessed is the latest mark that an ack named. in_scope = 0: the
-- village was taken away and goes when its unsent work is safe.
CREATE TABLE village (
    number             INTEGER PRIMARY KEY,
    in_scope           INTEGER NOT NULL,
    scope              BLOB NOT NULL,    -- sealed VillageScope (names, RT, digest key)
    epoch              INTEGER NOT NULL, -- as signed 64 bits
    revision           INTEGER NOT NULL,
    hash               BLOB NOT NULL,
    has_cursor         INTEGER NOT NULL, -- 0: nothing followed yet
    witnessed_revision INTEGER NOT NULL, -- 0: none
    witnessed_hash     BLOB NOT NULL
) STRICT;

-- held: RT of a village that came down, or are coming. place is "003/007" or
-- "*"; complete = 0 while the back-fill is under way.
CREATE TABLE held (
    village        INTEGER NOT NULL REFERENCES village (number) ON DELETE CASCADE,
    place          TEXT NOT NULL,
    last_family_id BLOB NOT NULL, -- empty: none yet
    complete       INTEGER NOT NULL,
    PRIMARY KEY (village, place)
) STRICT, WITHOUT ROWID;

-- confirmed: joined states as the server has them. leaving = 1: its RT left the
-- scope, 2: it moved to an RT outside the scope, while unsent work was in it;
-- it goes when that work is safe.
-- repairing = 1: a repair of its RT is under way and has not brought it yet.
CREATE TABLE confirmed (
    family_id BLOB PRIMARY KEY,
    village   INTEGER NOT NULL,
    place     INTEGER NOT NULL, -- rw * 1000 + rt
    revision  INTEGER NOT NULL, -- of the family's last change, by the server
    payload   BLOB NOT NULL,    -- sealed: 16 bytes digest, then the canonical FamilyState
    review    BLOB,             -- sealed FamilyReview; null: never submitted
    leaving   INTEGER NOT NULL,
    repairing INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX confirmed_by_place ON confirmed (village, place, family_id);

-- change: the user's own saves, in order. chain_hash continues the row before
-- (SHA-256 of hash, id and content hash; stamps may be given anew and are left
-- out). status: 0 pending, 1 applied, 2 refused, 3 quarantined, 4 replaced by a
-- later save, 5 kept out, 6 erased.
CREATE TABLE change (
    seq        INTEGER PRIMARY KEY,
    id         BLOB NOT NULL UNIQUE,
    family_id  BLOB NOT NULL,
    village    INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    revision   INTEGER NOT NULL, -- under which it was committed; 0: not yet
    saved_ms   INTEGER NOT NULL, -- device time
    acked_ms   INTEGER NOT NULL, -- when the receipt came, as corrected by the last sync; 0: none
    chain_hash BLOB NOT NULL,
    payload    BLOB NOT NULL,    -- sealed Change
    escrow_id  INTEGER REFERENCES escrow (id),
    escrow     BLOB,             -- Change sealed for the server; null once applied
    receipt    BLOB              -- sealed Receipt; null: none
) STRICT;
CREATE INDEX change_by_status ON change (status, seq);
CREATE INDEX change_by_family ON change (family_id, seq);

-- submission: batches submitted here. status: 0 pending, 1 with the server.
CREATE TABLE submission (
    id        BLOB PRIMARY KEY,
    after_seq INTEGER NOT NULL, -- last change before it
    status    INTEGER NOT NULL,
    payload   BLOB NOT NULL,    -- sealed BatchSubmission
    batch     BLOB              -- sealed Batch as the server told last; null: nothing yet
) STRICT, WITHOUT ROWID;

-- +goose Down
