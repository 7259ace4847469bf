-- +goose Up

-- registration: a district's request. Numbers are never used again. What its
-- Puskesmas are at stands in registration_puskesmas; its own state is derived.
CREATE TABLE registration (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    district     TEXT NOT NULL,        -- "32.04"
    channel      INTEGER NOT NULL,      -- RegistrationChannel by which it came
    created_ms   INTEGER NOT NULL,
    copied_ms    INTEGER NOT NULL,      -- last copy (tembusan) to the province; 0 never
    copy_channel INTEGER NOT NULL,      -- how that went; 0 never
    submitted_ms INTEGER NOT NULL,      -- last submission; 0 never
    waiting_ms   INTEGER NOT NULL,      -- submission of the Puskesmas that waits longest; 0 none waits
    letter_hash  BLOB,                -- 16 bytes, keyed, of the letter's number; null: none
    salt         BLOB NOT NULL,       -- of everything sealed in the registration
    letter       BLOB                 -- sealed RegistrationLetter; null: none
) STRICT;
CREATE INDEX registration_by_district ON registration (district, number);
CREATE INDEX registration_by_waiting ON registration (waiting_ms, number) WHERE waiting_ms > 0;
CREATE INDEX registration_by_letter ON registration (letter_hash, number) WHERE letter_hash IS NOT NULL;

-- registration_puskesmas: a Puskesmas in a registration, with a state of its
-- own.
CREATE TABLE registration_puskesmas (
    registration INTEGER NOT NULL,
    puskesmas    TEXT NOT NULL,        -- code as the form gives it; may be unknown to the master list
    name         TEXT NOT NULL,        -- as the form gives it
    state        INTEGER NOT NULL,      -- RegistrationState
    since_ms     INTEGER NOT NULL,      -- since when the state is so
    submitted_ms INTEGER NOT NULL,      -- last submission; 0 never
    PRIMARY KEY (registration, puskesmas)
) STRICT, WITHOUT ROWID;
CREATE INDEX registration_puskesmas_by_code ON registration_puskesmas (puskesmas, registration);
CREATE INDEX registration_puskesmas_by_state ON registration_puskesmas (state, registration);

-- registration_nominee: a person in a registration. Numbers are never used
-- again. The hashes are keyed, under a key that is not in the database.
CREATE TABLE registration_nominee (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    registration INTEGER NOT NULL,
    puskesmas    TEXT NOT NULL,        -- '' is responsible for an office
    list_position INTEGER NOT NULL,      -- in the list, from 1; 0 a replacement
    role         INTEGER NOT NULL,      -- Role
    standing     INTEGER NOT NULL,      -- NomineeStanding
    replaces     INTEGER NOT NULL,      -- nominee whose place is taken; 0 nobody's
    account      INTEGER NOT NULL,      -- 0 none was issued
    since_ms     INTEGER NOT NULL,      -- since when the standing is so
    nik_hash     BLOB,                -- 16 bytes; null: no well-formed NIK
    mobile_hash  BLOB,                -- 16 bytes; null: no well-formed number
    email_hash   BLOB,                -- 16 bytes; null: none
    payload      BLOB NOT NULL        -- NomineePerson, sealed under the registration's salt
) STRICT;
CREATE INDEX nominee_by_registration ON registration_nominee (registration, number);
CREATE INDEX nominee_by_puskesmas ON registration_nominee (puskesmas, number);
CREATE INDEX nominee_by_nik ON registration_nominee (nik_hash) WHERE nik_hash IS NOT NULL;
CREATE INDEX nominee_by_mobile ON registration_nominee (mobile_hash) WHERE mobile_hash IS NOT NULL;
CREATE INDEX nominee_by_email ON registration_nominee (email_hash) WHERE email_hash IS NOT NULL;
CREATE INDEX nominee_by_account ON registration_nominee (account) WHERE account > 0;

-- registration_event: the timeline. (registration, sequence) has no gap; nothing
-- of it is ever changed.
CREATE TABLE registration_event (
    registration INTEGER NOT NULL,
    sequence     INTEGER NOT NULL,
    time_ms      INTEGER NOT NULL,
    step         INTEGER NOT NULL,      -- RegistrationStep
    puskesmas    TEXT NOT NULL,        -- '' the whole request
    state_before INTEGER NOT NULL,      -- RegistrationState; 0 none
    state_after  INTEGER NOT NULL,
    actor        INTEGER NOT NULL,      -- account
    nominee      INTEGER NOT NULL,      -- 0 none
    channel      INTEGER NOT NULL,      -- RegistrationChannel; 0 does not matter
    note         BLOB,                -- sealed under the registration's salt; null: none
    PRIMARY KEY (registration, sequence)
) STRICT, WITHOUT ROWID;

-- registration_file: what is kept sealed beside a registration: letters as PDF,
-- and activation guides until they are handed over.
CREATE TABLE registration_file (
    registration INTEGER NOT NULL,
    name         TEXT NOT NULL,        -- "letter/001", "guide/17/" (the account)
    puskesmas    TEXT NOT NULL,        -- '' the request's own, or an office's
    payload      BLOB NOT NULL,       -- sealed under the registration's salt
    PRIMARY KEY (registration, name)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER registration_event_stays_update BEFORE UPDATE ON registration_event BEGIN SELECT RAISE(ABORT, 'registration_event is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER registration_event_stays_delete BEFORE DELETE ON registration_event BEGIN SELECT RAISE(ABORT, 'registration_event is append-only'); END;
-- +goose StatementEnd
