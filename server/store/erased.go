package store

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// Fate is what became of who or what has an id.
type Fate int

// Fates; the numbers are stored.
const (
	// FateErased: a member was erased.
	FateErased Fate = 1 + iota
	// FateWithFamily: it is a family that was erased, or was erased with one.
	FateWithFamily
	// FateLivesOn: a member of a family that was erased lives on in one that split off.
	FateLivesOn
)

// ErasedID is an id of a family that was erased, or was erased from.
type ErasedID struct {
	ID   merge.ID
	Fate Fate
}

// ErasureTx is what erasures need of a locked village.
type ErasureTx interface {
	// Rewrite replaces what is sealed of a family, for erasure and other keys.
	Rewrite(ctx context.Context, r *Rewrite) error
	// ErasedIDs finds which ids are kept of erasures (Commit.ErasedIDs), in whatever village,
	// in no order.
	ErasedIDs(ctx context.Context, ids []merge.ID) ([]ErasedID, error)
}
