-- +goose Up

-- Families on their way out are few, and are looked for after every page.
CREATE INDEX confirmed_leaving ON confirmed (family_id) WHERE leaving > 0;

-- +goose Down
