package rotation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/store"
)

// lostKeys are the ids of keys of which a store has rows that nothing opens, as somebody has
// accepted: destroyed with damaged rows under them, or never found. The store says so itself
// (MetaKeysLost): one that turns back to before does not, and its rows are asked for again.
type lostKeys map[uint32]bool

func lostOf(ctx context.Context, s store.Store) (lost lostKeys, err error) {
	lost = lostKeys{}
	err = s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		text, err := snap.Meta(ctx, store.MetaKeysLost)
		if err != nil {
			return err
		}
		for _, name := range strings.Fields(text) {
			id, err := idOfKey(name)
			if err != nil {
				return err
			}
			lost[id] = true
		}
		return nil
	})
	return lost, err
}

func (l lostKeys) String() string {
	var names []string
	for _, id := range slices.Sorted(maps.Keys(l)) {
		names = append(names, nameOfKey(id))
	}
	return strings.Join(names, " ")
}

// Dropping looks for rows under retired keys, before those are destroyed.
type Dropping struct {
	// Needed rows open by a retired key: a rotation seals them anew.
	Needed int
	// Damaged rows are under other keys than the present ones, and nothing opens them; the first
	// are Named.
	Damaged int
	Named   []string

	lost lostKeys
}

// NewDropping looks through a store; as an operator.
func NewDropping(ctx context.Context, s store.Store, ring *record.Ring, rand io.Reader) (*Dropping, error) {
	all, err := ring.TakeUp()
	if err != nil {
		return nil, err
	}
	whole, err := newSealing(rand, all)
	if err != nil {
		return nil, err
	}
	d := &Dropping{}
	if d.lost, err = lostOf(ctx, s); err != nil {
		return nil, err
	}
	r := &Rotation{Store: s, Progress: func(string, int, int) error { return nil }}
	for i := range store.SealedTables {
		t := &store.SealedTables[i]
		q := store.SealedQuery{OtherThan: whole.present(t), Limit: pageOf(t)}
		err := r.eachPage(ctx, t, q, "", func(rows []store.SealedRow) error {
			for i := range rows {
				d.row(r, whole, t, &row{SealedRow: rows[i]})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	d.Damaged, d.Named = r.outcome.Left, r.outcome.Named
	return d, nil
}

func (d *Dropping) row(r *Rotation, whole *sealing, t *store.SealedTable, one *row) {
	var left error
	for i, sealed := range one.Sealed {
		id, err := record.KeyID(sealed)
		if len(sealed) == 0 || err == nil && id == whole.present(t) {
			continue
		}
		if _, err = whole.open(t, one, i); err == nil {
			d.Needed++
			return
		}
		if !errors.Is(err, record.ErrUnknownKey) {
			d.lost[id] = true
		}
		left = errors.Join(left, fmt.Errorf("%s: %w", t.Sealed[i], err))
	}
	if left != nil {
		r.leave(t, &one.SealedRow, left)
	}
}

// Accept makes the store say that its damaged rows are lost, so that no rotation asks for their
// keys.
func (d *Dropping) Accept(ctx context.Context, s store.Store) error {
	if d.Damaged == 0 {
		return nil
	}
	return s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutMeta(ctx, store.MetaKeysLost, d.lost.String())
	})
}
