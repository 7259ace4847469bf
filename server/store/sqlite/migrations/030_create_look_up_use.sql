-- +goose Up

-- look_up_use: how many look-ups in the civil registry were made on a day. Of
-- whom or what nothing is kept here: the audit trail has that. Days that are
-- over are deleted.
CREATE TABLE look_up_use (
    day     INTEGER NOT NULL, -- yyyymmdd, in WIB
    account INTEGER NOT NULL, -- 0: of all accounts together
    used    INTEGER NOT NULL, -- look-ups, never below 0
    PRIMARY KEY (day, account)
) STRICT, WITHOUT ROWID;
