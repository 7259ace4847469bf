-- +goose Up

-- As 098 and 099, of the hashes of passwords, which are text.
-- +goose StatementBegin
DO $$
BEGIN
    ALTER TABLE account ALTER COLUMN password TYPE TEXT;
EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'account.password: what was sampled of it before stays: %', SQLERRM;
END $$;
-- +goose StatementEnd
ALTER TABLE account ALTER COLUMN password SET STATISTICS 0;
