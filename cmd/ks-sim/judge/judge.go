// Package judge reads a server's store and holds it against the promises,
// whatever brought it there: every state is what its history joins to, by the
// product's join and by the rule written once more; every sum is that of the
// families; nothing stands in the history twice.
package judge

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Judge reads a store.
type Judge struct {
	Store store.Store
	Vault *ingest.Vault
	Ring  *record.Ring
	// Violate is told of every promise found broken.
	Violate func(format string, args ...any)
}

// Truth is what the server holds, taken apart for checking.
type Truth struct {
	Families map[merge.ID]store.Family
	States   map[merge.ID]merge.State
	// Changes are all of the history, by id, Authors whose they are there.
	Changes map[merge.ID]*ksv1.Change
	Authors map[merge.ID]uint32
	// Settling are those that only kept what others had entered (store.Entry).
	Settling  map[merge.ID]bool
	Conflicts int // registers in conflict
}

// Read reads everything, and checks each family's state.
func (w *Judge) Read(ctx context.Context) (*Truth, error) {
	t := &Truth{Families: map[merge.ID]store.Family{}, States: map[merge.ID]merge.State{}, Changes: map[merge.ID]*ksv1.Change{}, Authors: map[merge.ID]uint32{}, Settling: map[merge.ID]bool{}}
	err := w.Store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		villages, err := snap.VillagesUnder(ctx, "")
		if err != nil {
			return err
		}
		for _, v := range villages {
			rows, err := snap.FamiliesByID(ctx, v.Number, nil, merge.ID{}, 1_000_000)
			if err != nil {
				return err
			}
			for _, f := range rows {
				if err := w.readFamily(ctx, snap, t, f); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return t, err
}

// readFamily checks that the stored state is what its history joins to.
func (w *Judge) readFamily(ctx context.Context, snap store.Snapshot, t *Truth, f store.Family) error {
	_, canonical, state, err := w.Vault.OpenFamily(&f)
	if err != nil {
		return err
	}
	entries, err := snap.History(ctx, f.Village, f.ID, 0, 1_000_000)
	if err != nil {
		return err
	}
	joined := merge.State{Family: f.ID}
	var changes []*ksv1.Change
	for i := range entries {
		if len(entries[i].Payload) == 0 {
			continue // erased
		}
		plain, err := w.Vault.OpenHistory(f.Village, f.Salt, &entries[i])
		if err != nil {
			return err
		}
		c := &ksv1.Change{}
		if err := proto.Unmarshal(plain, c); err != nil {
			return err
		}
		delta, err := merge.FromChange(c)
		if err != nil {
			return err
		}
		joined = merge.Join(delta, joined)
		changes = append(changes, c)
		if _, twice := t.Changes[entries[i].Change]; twice {
			w.Violate("once: change %s is in the history twice", entries[i].Change)
		}
		t.Changes[entries[i].Change], t.Authors[entries[i].Change] = c, entries[i].Author
		t.Settling[entries[i].Change] = entries[i].Settles
	}
	joined.Family = f.ID
	if !bytes.Equal(joined.Encode(nil), canonical) {
		w.Violate("convergence: family %s is not what its history joins to", f.ID)
	}
	if err := checkModel(&state, changes); err != nil {
		w.Violate("merge: family %s: %v", f.ID, err)
	}
	t.Conflicts += len(merge.Conflicts(&state))
	t.Families[f.ID], t.States[f.ID] = f, state
	return nil
}

// Saying is a hash of what a change says whatever its ids are: its author and
// the fields written, by kind, but for what may be given anew after a fork.
func Saying(c *ksv1.Change) [32]byte {
	b := binary.BigEndian.AppendUint32(nil, c.GetAuthor())
	for _, write := range c.GetWrites() {
		fields, err := merge.Unnamed(write.GetKind(), write.GetFields())
		if err != nil {
			fields = write.GetFields()
		}
		b = append(b, byte(write.GetKind()))
		b = binary.BigEndian.AppendUint32(b, uint32(len(fields)))
		b = append(b, fields...)
	}
	return sha256.Sum256(b)
}
