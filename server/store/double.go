package store

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// DoubleTx keeps what is decided of doubles, families that share identifiers, in
// a locked village. Tokens name a double (ksv1.Double).
type DoubleTx interface {
	// CloseDoubles records that a family is closed as moved, and gives the tokens
	// of which it is the one closed; of the others another family was before.
	// Idempotent. It waits for a transaction that closes the other side.
	CloseDoubles(ctx context.Context, family merge.ID, tokens [][]byte) ([][]byte, error)
	// ReopenDoubles forgets that families were closed: they count again.
	ReopenDoubles(ctx context.Context, families ...merge.ID) error
}

// DoubleReader reads who shares identifiers, and what the district decides.
type DoubleReader interface {
	// IdentifiersOf reads what families of a village are found by, by hash.
	IdentifiersOf(ctx context.Context, village uint32, families ...merge.ID) ([]Identifier, error)
	// SharedHashes gives those of the hashes by which more than one family is
	// found, and by how many.
	SharedHashes(ctx context.Context, hashes [][16]byte) (map[[16]byte]int, error)
	// DoubledAmong gives those of a village's families that have doubles.
	DoubledAmong(ctx context.Context, village uint32, families []merge.ID) ([]merge.ID, error)
	// StaleIdentifiers gives those that are to be forgotten once who is found by them has
	// been looked at, at most limit, by village.
	StaleIdentifiers(ctx context.Context, limit int) ([]StaleIdentifier, error)
	// ListDoubleCases reads the sides of cases that lie in the villages, by token,
	// then village, after a token, at most limit.
	ListDoubleCases(ctx context.Context, villages []uint32, after []byte, limit int) ([]DoubleCase, error)
}

// DoubleCase is one side of a case of the district: a double of which both sides
// say that the family lives there.
type DoubleCase struct {
	Token      []byte
	Village    uint32
	OpenedAtMS int64
}

// FamilyCases are all cases that a family has now; none: it has none (any more).
type FamilyCases struct {
	Family merge.ID
	Tokens [][]byte
	// OpenedAtMS is since when those that it did not have before.
	OpenedAtMS int64
}
