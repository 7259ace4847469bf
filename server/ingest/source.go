package ingest

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/planted"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// sourcePage is how many changes of a family's history are read at a time.
const sourcePage = 200

// foreignName is a family by a name of which a device was told that it is another's: what the
// device brings behind it of the same family is no more about the one that is here.
type foreignName struct {
	family merge.ID
	device uint32
}

// sharesSource tells whether a change and one that its family has are of two databases
// that write under one source (merge.MissesOwn). It must not be joined under the names
// that it has: one of the two would pass for having seen the other. What a supervisor
// admits was told to wait under them, and imports have no database.
func (w *work) sharesSource(ctx context.Context, in *Incoming, f *familyWork) (bool, error) {
	if in.Sender.Admitted || in.Sender.Trusted || planted.Is(planted.SourceShared) {
		return false, nil
	}
	if w.foreign[foreignName{in.family, in.Sender.Device}] {
		return true, nil
	}
	if f.isNew && !f.dirty {
		return false, nil
	}
	missed, later := merge.MissesOwn(f.joined(), in.Change)
	if missed || !later || f.isNew {
		return missed, nil
	}
	// A change that arrives late, or one of another life: those behind it tell.
	own := merge.StampOf(in.Change.GetStamp())
	for before := uint64(0); ; {
		entries, err := w.history.History(ctx, w.row.Number, f.row.ID, before, sourcePage)
		if err != nil {
			return false, err
		}
		for i := range entries {
			before = entries[i].Revision
			s := entries[i].Stamp
			if s.Device != own.Device || s.Incarnation != own.Incarnation || s.Compare(own) <= 0 || len(entries[i].Payload) == 0 {
				continue
			}
			plain, err := w.core.Vault.OpenHistory(w.row.Number, f.row.Salt, &entries[i])
			if err != nil {
				return false, err
			}
			var behind ksv1.Change
			if err := proto.Unmarshal(plain, &behind); err != nil {
				return false, fmt.Errorf("decode change of the history: %w", err)
			}
			if merge.MissedBy(in.Change, &behind) {
				return true, nil
			}
		}
		if len(entries) < sourcePage {
			return false, nil
		}
	}
}
