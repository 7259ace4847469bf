package ingest

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/server/store"
)

// newWork is a commit to a village, of which nothing is read.
func (c *Core) newWork(snap store.Snapshot, v store.VillageTx) (*work, error) {
	w := &work{
		core: c, village: v, past: snap, row: v.Village(), now: c.Now(),
		known: map[merge.ID]store.Committed{}, held: map[merge.ID]store.Quarantine{},
		families: map[merge.ID]*familyWork{}, restamped: map[sentStamp]merge.Stamp{}, foreign: map[foreignName]bool{},
		erased: map[merge.ID]store.Fate{}, keptIDs: map[merge.ID]store.Fate{}, restricted: map[merge.ID]bool{},
		authors: map[merge.ID][]store.Authorship{},
		places:  map[area.Place]*store.Place{}, shares: collection.Shares{},
	}
	key, err := c.Vault.ring.DigestKey(w.row.Number)
	if err != nil {
		return nil, err
	}
	w.digester = merge.NewDigester(key)
	if w.row.Revision == 0 {
		w.row.Rules = Rules // nothing was computed before
	}
	return w, nil
}

// begin reads all that the batch concerns, a query a table.
func (c *Core) begin(ctx context.Context, snap store.Snapshot, v store.VillageTx, batch []*Incoming, acts []*Act) (*work, error) {
	w, err := c.newWork(snap, v)
	if err != nil {
		return nil, err
	}
	changes := make([]merge.ID, 0, 2*len(batch)+len(acts))
	for _, in := range batch {
		changes = append(append(changes, in.id), in.otherParts...)
		if !in.otherName.IsZero() {
			changes = append(changes, in.otherName)
		}
	}
	for _, a := range acts {
		changes = append(changes, a.id)
	}
	committed, err := v.Committed(ctx, changes)
	if err != nil {
		return nil, err
	}
	for _, k := range committed {
		w.known[k.ID] = k
	}
	families := w.concerned(batch, acts)
	held, err := v.Quarantined(ctx, changes, families)
	if err != nil {
		return nil, err
	}
	if err := w.readFamilies(ctx, families); err != nil {
		return nil, err
	}
	if err := w.readErased(ctx, batch); err != nil {
		return nil, err
	}
	if err := w.readRestricted(ctx, batch); err != nil {
		return nil, err
	}
	for _, in := range batch {
		if in.creation == nil || in.creation.row.Village != w.row.Number {
			continue // sealed for a village that gave way, it would not open
		}
		if f := w.families[in.family]; f != nil && f.isNew && f.creation == nil {
			f.creation, f.row.Salt = in.creation, in.creation.row.Salt
		}
	}
	for _, q := range held {
		w.held[q.Change] = q
		if f := w.families[q.Family]; f != nil && f.isNew && q.State == store.QuarantineWaiting {
			f.quarantined = true
		}
	}
	if len(acts) > 0 {
		return w, w.readActs(ctx, acts)
	}
	return w, nil
}

// concerned are the families that the batch may change: not those of which it only
// brings what is committed already, as a device does whose ack was lost, or what is set
// aside unread; but those of what a supervisor admits, known or not, for they may be awaited.
func (w *work) concerned(batch []*Incoming, acts []*Act) (families []merge.ID) {
	seen := map[merge.ID]bool{}
	add := func(family merge.ID) {
		if !seen[family] {
			seen[family] = true
			families = append(families, family)
		}
	}
	for _, in := range batch {
		if _, known := w.known[in.id]; !in.poisoned && (!known || in.Sender.Admitted || planted.Is(planted.DedupSkipped)) {
			add(in.family)
		}
	}
	for _, a := range acts {
		if a.refusal != nil {
			continue
		}
		for _, family := range a.families {
			add(family)
		}
	}
	return families
}

func (w *work) readFamilies(ctx context.Context, ids []merge.ID) error {
	rows, err := w.village.Families(ctx, ids)
	if err != nil {
		return err
	}
	for _, row := range rows {
		digest, canonical, state, err := w.core.Vault.ReadFamily(ctx, w.past, &row)
		if err != nil {
			return err
		}
		review, err := w.core.Vault.FamilyReview(&row)
		if err != nil {
			return err
		}
		w.families[row.ID] = &familyWork{row: row, before: row, content: content{state: state, size: len(canonical)}, digest: digest, review: review}
	}
	for _, id := range ids {
		if w.families[id] != nil {
			continue
		}
		salt, err := w.core.Vault.NewSalt()
		if err != nil {
			return err
		}
		w.families[id] = &familyWork{
			isNew: true, content: content{state: merge.State{Family: id}},
			row: store.Family{Village: w.row.Number, ID: id, Salt: salt},
		}
	}
	return w.readAwaited(ctx, ids)
}
