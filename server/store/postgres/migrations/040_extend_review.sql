-- +goose Up

-- family: judged_payload is the state that the last verdict judged, sealed; null
-- where that is the approved one, or none was passed. review_author is the
-- account that submitted it last, review_ms since when it has waited for a
-- verdict, or was judged, in ms since 1970-01-01 UTC; 0: never submitted.
ALTER TABLE family ADD COLUMN judged_payload BYTEA;
ALTER TABLE family ADD COLUMN review_author BIGINT NOT NULL DEFAULT 0;
ALTER TABLE family ADD COLUMN review_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX family_in_review ON family (review_ms, id) WHERE review_state IN (1, 4);
CREATE INDEX family_returned ON family (review_ms, id) WHERE review_state = 3;

-- verdict: every verdict on a family that applied, for good. payload is the
-- sealed Verdict, under the family's salt.
CREATE TABLE verdict (
    village    BIGINT NOT NULL,
    id         BYTEA NOT NULL,         -- 16 bytes
    family     BYTEA NOT NULL,
    author     BIGINT NOT NULL,
    outcome    BIGINT NOT NULL,      -- VerdictOutcome
    decided_ms BIGINT NOT NULL,
    revision   BIGINT NOT NULL,
    payload    BYTEA NOT NULL,
    PRIMARY KEY (village, id)
);
CREATE INDEX verdict_by_family ON verdict (village, family, revision);

SELECT ks_protect('verdict');

-- batch: read newest first, by village, and by author.
CREATE INDEX batch_by_age ON batch (village, received_ms, id);
