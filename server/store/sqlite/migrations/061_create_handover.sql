-- +goose Up

-- handover: devices that a supervisor handed over to another account without
-- network. Work of incoming that names device and incarnation in its stamps is
-- incoming's, and the areas of outgoing count as its own. A row is written once and
-- stays: the signer's right was judged when it was recorded.
CREATE TABLE handover (
    device        INTEGER NOT NULL, -- registered for outgoing
    incarnation   INTEGER NOT NULL, -- drawn on the device for this hand-over
    outgoing      INTEGER NOT NULL, -- account that had the device
    incoming      INTEGER NOT NULL, -- account that took it over
    signer        INTEGER NOT NULL, -- supervisor
    signer_device INTEGER NOT NULL, -- whose key signed
    issued_ms     INTEGER NOT NULL, -- when it was signed, by that device; ms since 1970-01-01 UTC
    recorded_ms   INTEGER NOT NULL, -- by the server's clock
    unsent        BLOB   NOT NULL, -- of the parts that are outgoing's (HandoverGrant.unsent); empty: none
    PRIMARY KEY (device, incarnation)
) STRICT, WITHOUT ROWID;
CREATE INDEX handover_by_incoming ON handover (incoming, device, incarnation);

-- handover_key: Ed25519 public key by which the device's user signs hand-overs; not
-- the device's own, whose seed lies on it in the clear. NULL: none yet.
ALTER TABLE device ADD COLUMN handover_key BLOB;
