// Package desk makes changes at the server itself: what an office types in on
// line. Its changes are like any device's, with stamps under a device number
// issued to the server and an incarnation of each process; they go through the
// same ingest and come down to devices by the same feed.
//
// Concurrent saves of one family through one process are made one after the
// other, each on what the last one left: a stamp's context stands on its author
// having seen the own earlier writes.
package desk

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"sync"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// deskKey registers the server as a device of its own.
var deskKey = []byte("keluarga-sehat/desk")

// lockStripes is how many families can be saved at one time.
const lockStripes = 64

// Desk makes changes. All fields must be set. Safe for concurrent use.
type Desk struct {
	Store   store.Store
	Vault   *ingest.Vault
	Changes ingest.Committer
	Now     func() time.Time
	Rand    io.Reader

	mu      sync.Mutex
	clock   merge.Clock // guarded by mu; Device 0: not registered yet
	counter uint64      // guarded by mu

	seed  maphash.Seed
	once  sync.Once
	locks [lockStripes]sync.Mutex
}

// register makes sure that the server has its device number. It is done at the
// first change, because a server that only shows figures needs none.
func (d *Desk) register(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.clock.Device != 0 {
		return nil
	}
	var incarnation [4]byte
	if _, err := io.ReadFull(d.Rand, incarnation[:]); err != nil {
		return fmt.Errorf("draw incarnation: %w", err)
	}
	key := sha256.Sum256(deskKey)
	var number uint32
	err := d.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		known, err := tx.Snapshot().FindDeviceByKey(ctx, key[:])
		if errors.Is(err, store.ErrNotFound) {
			number, err = tx.Directory().PutDevice(ctx, store.Device{PublicKey: key[:], Name: "server", RegisteredMS: d.Now().UnixMilli()})
			return err
		}
		number = known.Number
		return err
	})
	if err != nil {
		return fmt.Errorf("register the server as a device: %w", err)
	}
	d.clock = merge.Clock{Device: number, Incarnation: binary.BigEndian.Uint32(incarnation[:])}
	return nil
}

// NewIDs draws ids for families, members, rounds and visits. Errors: those of
// the store, at the first call.
func (d *Desk) NewIDs(ctx context.Context, n int) ([]merge.ID, error) {
	if err := d.register(ctx); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	ids := make([]merge.ID, n)
	for i := range ids {
		ids[i] = d.nextID()
	}
	return ids, nil
}

// nextID draws one; the caller holds mu.
func (d *Desk) nextID() merge.ID {
	d.counter++
	return merge.NewID(d.clock.Device, d.clock.Incarnation, d.counter)
}

// Save is one save of a family.
type Save struct {
	Village uint32
	Family  merge.ID
	Sender  ingest.Sender
	// Edit is shown the family as it is, empty for a new one, and says what to
	// alter; nothing is no change. Check is shown the family as it would be. An
	// error of either refuses the save.
	Edit  func(state *merge.State) ([]merge.RecordEdit, error)
	Check func(before, after *merge.State) error
}

// Do makes the change that a save says, and tells what became of it; nil where
// it alters nothing. Errors: those of Edit and Check, and of the store; then
// nothing was saved.
func (d *Desk) Do(ctx context.Context, s Save) (*ksv1.Receipt, error) {
	if err := d.register(ctx); err != nil {
		return nil, err
	}
	lock := d.lockOf(s.Family)
	lock.Lock()
	defer lock.Unlock()
	state, err := d.state(ctx, s.Village, s.Family)
	if err != nil {
		return nil, err
	}
	change, err := d.change(&state, s)
	if err != nil || change == nil {
		return nil, err
	}
	s.Sender.Device = d.device()
	receipts, _, err := ingest.CommitKnown(ctx, d.Changes, s.Village, []*ingest.Incoming{ingest.Prepare(change, &s.Sender, d.Now().UnixMilli())})
	if err != nil {
		return nil, err
	}
	return receipts[0], nil
}

func (d *Desk) device() uint32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.clock.Device
}

func (d *Desk) lockOf(family merge.ID) *sync.Mutex {
	d.once.Do(func() { d.seed = maphash.MakeSeed() })
	return &d.locks[maphash.Bytes(d.seed, family[:])%lockStripes]
}

// state is the family as it is stored; empty for a new one.
func (d *Desk) state(ctx context.Context, village uint32, family merge.ID) (merge.State, error) {
	state := merge.State{Family: family}
	err := d.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.FindFamily(ctx, []uint32{village}, family)
		if err == nil {
			_, _, state, err = d.Vault.ReadFamily(ctx, snap, &row)
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return state, err
}

// change stamps what a save says beyond what the family shows; nil: nothing.
func (d *Desk) change(state *merge.State, s Save) (*ksv1.Change, error) {
	edits, err := s.Edit(state)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	stamp := d.clock.NextAfter(state.HighestStamp(), uint64(d.Now().UnixMilli()))
	id := d.nextID()
	d.mu.Unlock()
	change, differs, err := merge.NewChange(state, stamp, edits)
	if err != nil || !differs {
		return nil, err
	}
	change.Id, change.Author, change.Village = id[:], s.Sender.Account, s.Village
	delta, err := merge.FromChange(change)
	if err != nil {
		return nil, err
	}
	after := merge.Join(*state, delta)
	return change, s.Check(state, &after)
}
