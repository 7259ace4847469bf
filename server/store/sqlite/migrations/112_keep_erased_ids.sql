-- +goose Up

-- erased_id: ids, and no data, of who was erased. Work that was under way may bring them into
-- another family, as a split or a union does: by their ids they are known, in whatever village.
CREATE TABLE erased_id (
    id   BLOB NOT NULL PRIMARY KEY, -- 16 bytes, of a family, a member, a round or a visit
    fate INTEGER NOT NULL -- as store.Fate
) STRICT, WITHOUT ROWID;
