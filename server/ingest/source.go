package ingest

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/planted"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Bounds of a look at a change that arrives late: so many changes of its source are
// opened, of so many of the family. A device brings its work in order, and what lies
// further back is stamped anew by it without loss.
const (
	sourceOpened = 50
	sourceRead   = 1000
)

// foreignName is a family by a name of which a device was told that it is another's: what the
// device brings behind it of the same family, under whatever incarnation, is no more about
// the one that is here.
type foreignName struct {
	family merge.ID
	device uint32
}

func (in *Incoming) foreignName() foreignName { return foreignName{in.family, in.Sender.Device} }

// sharesSource tells whether a change and one that its family has are of two databases
// that write under one source (merge.MissesOwn). It must not be joined under the names
// that it has: one of the two would pass for having seen the other. Imports have no
// database; what waits for a decision is looked at when it is admitted.
func (w *work) sharesSource(ctx context.Context, in *Incoming, f *familyWork) (bool, error) {
	switch {
	case in.Sender.Trusted, planted.Is(planted.SourceShared):
		return false, nil
	case w.foreign[in.foreignName()]:
		return true, nil
	case f.isNew && !f.dirty:
		return false, nil
	}
	missed, unclear := merge.MissesOwn(f.joined(), in.Change)
	if missed || !unclear {
		return missed, nil
	}
	return w.missesInHistory(ctx, in, f)
}

// missesInHistory tells whether a change is of another life than those of its source that
// the family has, or gets by the same commit: whether of it and one of them, which write the
// same, the later has not seen the earlier.
func (w *work) missesInHistory(ctx context.Context, in *Incoming, f *familyWork) (bool, error) {
	own := merge.StampOf(in.Change.GetStamp())
	var entries []store.Entry
	if !f.isNew {
		var err error
		if entries, err = w.past.History(ctx, w.row.Number, f.row.ID, 0, sourceRead); err != nil {
			return false, err
		}
	}
	complete := len(entries) < sourceRead
	for i := range w.commit.Entries {
		if e := &w.commit.Entries[i]; e.Family == f.row.ID {
			entries = append(entries, *e)
		}
	}
	opened := 0
	for i := range entries {
		s := entries[i].Stamp
		if s.Device != own.Device || s.Incarnation != own.Incarnation || len(entries[i].Payload) == 0 {
			continue
		}
		if s == own {
			return true, nil // a database gives each stamp once
		}
		if opened++; opened > sourceOpened {
			return true, nil
		}
		plain, err := w.core.Vault.OpenHistory(w.row.Number, f.row.Salt, &entries[i])
		if err != nil {
			return false, err
		}
		var other ksv1.Change
		if err := proto.Unmarshal(plain, &other); err != nil {
			return false, fmt.Errorf("decode change of the history: %w", err)
		}
		if merge.MissedBy(in.Change, &other) || merge.MissedBy(&other, in.Change) {
			return true, nil
		}
	}
	return !complete, nil
}

// underOwnSource is a change that a supervisor admits, where another life of its database
// has written to the family since: under a source of its own, so that what they both
// wrote shows as a conflict.
func (in *Incoming) underOwnSource() *Incoming {
	c := proto.CloneOf(in.Change)
	left := merge.ContentHash(c) // devices see what follows from it, so nothing of what was erased
	c.Stamp.Incarnation = merge.IncarnationFrom(in.id[:], left[:])
	return in.restamped(c)
}

// restamped is the change under other stamps: the same one, whatever was erased of it.
func (in *Incoming) restamped(c *ksv1.Change) *Incoming {
	out := Prepare(c, in.Sender, in.ReceivedMS)
	out.content, out.otherName, out.from, out.beside = in.content, in.otherName, in.from, in.beside
	return out
}
