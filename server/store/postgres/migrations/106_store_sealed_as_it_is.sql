-- +goose Up

-- What is sealed is packed before, and looks like chance: PostgreSQL tries in vain to pack that of
-- each large family again. It lies as it is, in the row or, where it is long, beside it.
ALTER TABLE family
    ALTER COLUMN payload SET STORAGE EXTERNAL,
    ALTER COLUMN approved_payload SET STORAGE EXTERNAL,
    ALTER COLUMN judged_payload SET STORAGE EXTERNAL,
    ALTER COLUMN review SET STORAGE EXTERNAL;
ALTER TABLE history ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE quarantine ALTER COLUMN payload SET STORAGE EXTERNAL;
