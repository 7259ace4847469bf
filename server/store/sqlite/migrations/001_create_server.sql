-- +goose Up

-- meta: small settings by name: epoch, the ledger's position. One row a name.
CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- area: the tree above the RT, by dotted code. Nodes are renamed, never
-- deleted; the nation has no row.
CREATE TABLE area (
    code TEXT NOT NULL PRIMARY KEY, -- "32", "32.04", "32.04.05", "32.04.05.2001"
    name TEXT NOT NULL
) STRICT;

-- village: the row that orders a village's writes; whoever writes families of
-- the village holds it locked. number is ours and never changes, code does by
-- decree. revision rises by one with each committed change and hash continues
-- over (revision, change, family, content). provisional and verified are the
-- sums of the rows of place.
CREATE TABLE village (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    code        TEXT NOT NULL UNIQUE,
    puskesmas   TEXT NOT NULL,      -- code; '' none
    revision    INTEGER NOT NULL,
    hash        BLOB NOT NULL,        -- 32 bytes; empty at revision 0
    provisional TEXT NOT NULL,      -- iks.Tally counts; empty: all zero
    verified    TEXT NOT NULL,
    submitted   INTEGER NOT NULL,        -- families by review state
    approved    INTEGER NOT NULL,
    returned    INTEGER NOT NULL,
    changed     INTEGER NOT NULL         -- value of follow at the row's last commit
) STRICT;
CREATE INDEX village_by_changed ON village (changed);
CREATE INDEX village_by_puskesmas ON village (puskesmas);

-- family: one row a family of a village. Everything personal is in payload.
-- provisional and verified are packed values (iks.Packed): pseudonymous health
-- data in the clear, so that tallies can be proved in SQL. revision is that of
-- the family's last change. Destroying salt erases payloads and history. Rows lie
-- in the order in which they came: kept under the key, their payloads would be
-- moved again and again to make room. (Stores made before lie under the key; all
-- statements work on both.)
CREATE TABLE family (
    village      INTEGER NOT NULL,
    id           BLOB NOT NULL,       -- 16 bytes
    place        INTEGER NOT NULL,       -- rw * 1000 + rt
    state        INTEGER NOT NULL,       -- 0 counted, 1 removed, 2 moved
    revision     INTEGER NOT NULL,
    survey_date  INTEGER NOT NULL,       -- yyyymmdd of the round counted; 0 none
    salt         BLOB NOT NULL,       -- 16 bytes
    payload      BLOB NOT NULL,       -- sealed
    approved_payload BLOB,            -- sealed, as last approved; null never
    review       BLOB,                -- sealed FamilyReview; null never submitted
    review_state INTEGER NOT NULL,
    provisional  INTEGER NOT NULL,       -- packed values; 0 does not count
    verified     INTEGER NOT NULL,
    findings     INTEGER NOT NULL,       -- bit set
    conflicts    INTEGER NOT NULL,       -- registers with several values
    PRIMARY KEY (village, id)
) STRICT;
CREATE INDEX family_by_revision ON family (village, revision);
CREATE INDEX family_by_place ON family (village, place, id);
CREATE INDEX family_by_conflict ON family (village, place, id) WHERE conflicts > 0;

-- history: every committed change, once: an id names one change in all
-- villages. (village, revision) has no gap. Rows lie as those of family do.
CREATE TABLE history (
    village      INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    family       BLOB NOT NULL,
    change       BLOB NOT NULL,       -- 16 bytes
    content_hash BLOB NOT NULL,       -- 32 bytes
    chain_hash   BLOB NOT NULL,       -- 32 bytes
    time_ms      INTEGER NOT NULL,       -- the stamp under which it stands
    counter      INTEGER NOT NULL,
    device       INTEGER NOT NULL,
    incarnation  INTEGER NOT NULL,
    author       INTEGER NOT NULL,
    committed_ms INTEGER NOT NULL,
    payload      BLOB NOT NULL,       -- sealed Change, under the family's salt
    PRIMARY KEY (village, revision)
) STRICT;
CREATE UNIQUE INDEX history_by_change ON history (change);
CREATE INDEX history_by_family ON history (village, family, revision);

-- departure: a family left an RT for another (or for none); devices that hold
-- the RT it left drop it.
CREATE TABLE departure (
    village  INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    family   BLOB NOT NULL,
    place_left INTEGER NOT NULL,
    entered  INTEGER NOT NULL,
    PRIMARY KEY (village, revision)
) STRICT, WITHOUT ROWID;

-- place: an RT's sums over its families: digests modulo 2^128, number,
-- tallies. Rows stay when the last family leaves.
CREATE TABLE place (
    village     INTEGER NOT NULL,
    place       INTEGER NOT NULL,
    digest      BLOB NOT NULL,        -- 16 bytes
    families    INTEGER NOT NULL,
    provisional TEXT NOT NULL,
    verified    TEXT NOT NULL,
    PRIMARY KEY (village, place)
) STRICT, WITHOUT ROWID;

-- daily: a village's tallies as of its last commit of a day (24:00 WIB). A day
-- without a commit has no row: the latest before it holds.
CREATE TABLE daily (
    village     INTEGER NOT NULL,
    day         INTEGER NOT NULL,        -- yyyymmdd
    provisional TEXT NOT NULL,
    verified    TEXT NOT NULL,
    PRIMARY KEY (village, day)
) STRICT, WITHOUT ROWID;

-- quarantine: changes kept for a supervisor's decision, not merged.
CREATE TABLE quarantine (
    village     INTEGER NOT NULL,
    change      BLOB NOT NULL,
    family      BLOB NOT NULL,
    author      INTEGER NOT NULL,
    device      INTEGER NOT NULL,
    reason      TEXT NOT NULL,          -- stable code
    received_ms INTEGER NOT NULL,
    state       INTEGER NOT NULL,        -- 0 waiting, 1 admitted, 2 kept out
    salt        BLOB NOT NULL,
    payload     BLOB NOT NULL,        -- sealed Change
    PRIMARY KEY (change)
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantine_waiting ON quarantine (village, received_ms, change) WHERE state = 0;
CREATE INDEX quarantine_of_family ON quarantine (village, family) WHERE state = 0;
CREATE INDEX quarantine_of_device ON quarantine (device) WHERE state = 0;

-- notice: decisions on an account's work, for its devices. revision rises by
-- one an account.
CREATE TABLE notice (
    account  INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    salt     BLOB NOT NULL,
    payload  BLOB NOT NULL,           -- sealed FeedNotice
    PRIMARY KEY (account, revision)
) STRICT, WITHOUT ROWID;

-- batch: submitted batches.
CREATE TABLE batch (
    village     INTEGER NOT NULL,
    id          BLOB NOT NULL,
    author      INTEGER NOT NULL,
    state       INTEGER NOT NULL,        -- BatchState
    received_ms INTEGER NOT NULL,
    salt        BLOB NOT NULL,
    payload     BLOB NOT NULL,        -- sealed Batch
    PRIMARY KEY (village, id)
) STRICT, WITHOUT ROWID;

-- identifier: who has which NIK or NKK, by keyed hash under a key that is not
-- in the database. Kept by a follower of the feed, seconds behind.
CREATE TABLE identifier (
    hash    BLOB NOT NULL,            -- 16 bytes
    village INTEGER NOT NULL,
    family  BLOB NOT NULL,
    member  BLOB NOT NULL,            -- empty: the NKK
    PRIMARY KEY (hash, village, family, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifier_by_family ON identifier (village, family);

-- identifier_progress: how far the follower has come in each village.
CREATE TABLE identifier_progress (
    village  INTEGER NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL
) STRICT;

-- puskesmas: health centres; their villages say so themselves.
CREATE TABLE puskesmas (
    code     TEXT NOT NULL PRIMARY KEY,
    name     TEXT NOT NULL,
    district TEXT NOT NULL
) STRICT;

-- target: families to be surveyed in an area (a village or an RT).
CREATE TABLE target (
    area     TEXT NOT NULL PRIMARY KEY,
    families INTEGER NOT NULL
) STRICT;

-- account: users. Numbers are never used again.
CREATE TABLE account (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    user_name TEXT NOT NULL UNIQUE,
    full_name BLOB NOT NULL,          -- sealed under salt
    salt      BLOB NOT NULL,
    password  TEXT NOT NULL,            -- Argon2id, encoded
    roles     TEXT NOT NULL,            -- JSON array of Role numbers
    area      TEXT NOT NULL,
    puskesmas TEXT NOT NULL,
    disabled  INTEGER NOT NULL,          -- 0 or 1
    assigned  TEXT NOT NULL,            -- JSON array of area paths
    scope_revision INTEGER NOT NULL
) STRICT;

-- device: registered devices; the same key is the same device.
CREATE TABLE device (
    number        INTEGER PRIMARY KEY AUTOINCREMENT,
    public_key    BLOB NOT NULL UNIQUE,
    account       INTEGER NOT NULL,
    name          TEXT NOT NULL,
    revoked       INTEGER NOT NULL,
    registered_ms INTEGER NOT NULL
) STRICT;

-- incarnation: the nonce of the last session of a device's database.
CREATE TABLE incarnation (
    device      INTEGER NOT NULL,
    incarnation INTEGER NOT NULL,
    nonce       BLOB NOT NULL,
    PRIMARY KEY (device, incarnation)
) STRICT, WITHOUT ROWID;

-- session: chains of refresh tokens; tokens themselves are never stored.
CREATE TABLE session (
    id             BLOB NOT NULL PRIMARY KEY,
    account        INTEGER NOT NULL,
    device         INTEGER NOT NULL,     -- 0: none
    token_hash     BLOB NOT NULL UNIQUE,
    previous_hash  BLOB,              -- null: never rotated
    rotation_nonce BLOB,
    successor      BLOB,              -- sealed answer to the rotation
    expires_ms     INTEGER NOT NULL,
    revoked        INTEGER NOT NULL
) STRICT;
CREATE INDEX session_by_previous ON session (previous_hash);

-- follow: one row; rises with every transaction that changes a village.
CREATE TABLE follow (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    n   INTEGER NOT NULL
) STRICT;
INSERT INTO follow (one, n) VALUES (1, 1);
