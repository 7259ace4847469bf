package store

import (
	"context"
	"errors"
)

// Settings (Meta) by which programs that share a store agree on it.
const (
	// MetaKeysRotating is not empty while keys are being rotated, also between a
	// crash and the next run: nobody else uses the store meanwhile.
	MetaKeysRotating = "keys.rotating"
	// MetaKeysPresent is the id of the master key that records are sealed under;
	// empty: the keys were never rotated.
	MetaKeysPresent = "keys.present"
	// MetaKeysLost are the ids of keys that nobody has any more, of which rows are left that
	// nothing opens; blanks between them.
	MetaKeysLost = "keys.lost"
	// MetaEpoch is a random number, in decimal, drawn when the store is made or put
	// back from a backup. What a program remembers of a store holds for one epoch.
	MetaEpoch = "epoch"
	// MetaTimeline is the database's Timeline as it was when a program last opened the
	// store; empty: none has yet, or the engine has no such thing.
	MetaTimeline = "timeline"
	// MetaTried is empty; who tries whether the store can be written writes it.
	MetaTried = "tried"
	// MetaSupport begins the names of help desks; the code of the desk's area follows, and
	// Recode renames it.
	MetaSupport = "support."
)

// ErrGateHeld: others hold the store's gate.
var ErrGateHeld = errors.New("the store is in use, or its keys are being rotated")

// ErrOlderInUse: the store is of an older schema, and somebody uses it. It is not
// brought up beside them: they would go on writing as the older schema had it.
var ErrOlderInUse = errors.New("a server or command uses this database, which is of an older version: stop all that use it, then start this one; nothing was changed")

// Gate stands before a store: who uses its keys holds it together with others, and
// who rotates them alone, so that nothing is sealed under a key that is being
// retired. Who brings an older schema up holds it alone, too (ErrOlderInUse), and so
// does who begins a new epoch: revisions went back, and what others remember by them is
// not so any more; but for a database that has gone over to another timeline, which nobody who
// opened it before can use. The hold ends with the process at the latest.
type Gate interface {
	// EnterTogether and EnterAlone don't wait. Errors: ErrGateHeld.
	EnterTogether(ctx context.Context) (*Hold, error)
	EnterAlone(ctx context.Context) (*Hold, error)
}

// Hold is a gate held.
type Hold struct {
	// Lost is closed where the hold was lost for good: the holder must stop. Nil
	// where it can't be.
	Lost <-chan struct{}
	// Settle waits until everybody whose hold was lost unnoticed has stopped.
	Settle func(ctx context.Context) error
	// Leave gives the gate back.
	Leave func() error
}
