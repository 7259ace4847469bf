-- +goose Up

-- What a hand-over needs while the user's data are locked, in the clear; all of it
-- as of the last sync, and nothing of it personal beyond user names, which name the
-- files too.

-- colleague: accounts of the same Puskesmas.
CREATE TABLE colleague (
    number      INTEGER PRIMARY KEY,
    user_name   TEXT NOT NULL,
    may_collect INTEGER NOT NULL,
    may_review  INTEGER NOT NULL -- may sign a hand-over
) STRICT;

-- signer: devices of colleagues who may sign. sealed is the key of the families,
-- for that device alone; null: none.
CREATE TABLE signer (
    device     INTEGER PRIMARY KEY,
    account    INTEGER NOT NULL REFERENCES colleague (number),
    public_key BLOB NOT NULL, -- of its hand-overs, not the device's: Ed25519, 32 bytes
    sealed     BLOB
) STRICT;

-- handover_village: where the user may work, without digest keys.
CREATE TABLE handover_village (
    number INTEGER PRIMARY KEY,
    scope  BLOB NOT NULL -- VillageScope
) STRICT;

-- keyslot: purpose 1 is the root key, wrapped under the user's password; purpose 2
-- the data key, sealed under the root key. Secrets are sealed under the root key. A
-- store that has no purpose 2 yet, by an earlier version, gets it at its next unlock.

-- server_key: to what unsent work is sealed. One row.
CREATE TABLE server_key (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    public BLOB NOT NULL -- X25519, 32 bytes
) STRICT;

-- copied: 1: the change went into a backup file or a hand-over, so that the server may
-- know it by its id without this device having heard: it keeps its names when others
-- are given anew.
ALTER TABLE change ADD COLUMN copied INTEGER NOT NULL DEFAULT 0;

-- +goose Down
