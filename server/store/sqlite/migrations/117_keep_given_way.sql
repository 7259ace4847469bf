-- +goose Up

-- gave_way: the numbers of villages that were deleted for others, which took their codes by
-- decree: work that was saved under such a number is the other's. taker is never itself one.
CREATE TABLE gave_way (
    number INTEGER NOT NULL PRIMARY KEY, -- that was a village.number, and is none any more
    taker  INTEGER NOT NULL -- as village.number
) STRICT, WITHOUT ROWID;
