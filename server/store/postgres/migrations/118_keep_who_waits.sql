-- +goose Up

-- quarantine: families, where the change would bring members of the one into the other, by a
-- split or a union: while the one is restricted nobody is shown what waits of the other. Null
-- where it is no such change, and of what came before until a family of its village is restricted.
ALTER TABLE quarantine ADD COLUMN brings_from BYTEA;
ALTER TABLE quarantine ADD COLUMN brings_into BYTEA;
CREATE INDEX quarantine_brings_into ON quarantine (village, brings_into) WHERE brings_into IS NOT NULL;
