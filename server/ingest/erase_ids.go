package ingest

import (
	"context"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// keepIDs keeps the ids of what an erasure takes, before it does: by them work that was under
// way is known where it brings it into another family. Not of a family that was removed as
// moved or entered twice: it goes on elsewhere under the same ids.
func (w *work) keepIDs(ctx context.Context, f *familyWork, e Erasure) error {
	household, err := merge.View(&f.state)
	if err != nil {
		return err
	}
	switch household.GetFamily().GetRemoval().GetReason() {
	case ksv1.RemovalReason_REMOVAL_REASON_MOVED, ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE:
		return nil
	}
	if e.Member.IsZero() {
		w.keepID(e.Family, store.FateWithFamily)
		for i := range f.state.Records {
			if key := f.state.Records[i].Key; !key.Record.IsZero() {
				w.keepID(key.Record, store.FateWithFamily)
			}
		}
	}
	for _, m := range household.GetMembers() {
		id := linkOfText(m.GetMemberId())
		if !e.Member.IsZero() && id != e.Member {
			continue
		}
		fate := store.FateErased
		if e.Member.IsZero() {
			fate = store.FateWithFamily
		}
		lives, err := w.livesOn(ctx, id, linkOfText(m.GetMember().GetMovedToFamilyId()))
		if err != nil {
			return err
		}
		if lives {
			fate = store.FateLivesOn
		}
		w.keepID(id, fate)
	}
	w.keepID(e.Member, store.FateErased) // of whom a ledger alone tells
	return nil
}

// keepErasedOf keeps the ids in what waited for a decision on a family of which all goes.
func (w *work) keepErasedOf(q *store.Quarantine) {
	change := &ksv1.Change{}
	plain, err := w.core.Vault.OpenQuarantine(q)
	if err == nil && w.erased[q.Family] == store.FateWithFamily && proto.Unmarshal(plain, change) == nil {
		w.keepErased(change)
	}
}

// livesOn tells whether a member who left for a family that split off is there.
func (w *work) livesOn(ctx context.Context, member, family merge.ID) (bool, error) {
	if family.IsZero() {
		return false, nil
	}
	rows, err := w.village.Families(ctx, []merge.ID{family})
	if err != nil || len(rows) == 0 {
		return false, err
	}
	_, _, state, err := w.core.Vault.ReadFamily(ctx, w.past, &rows[0])
	if Unopened(err) {
		return true, nil // it is not for this erasure to take them from there
	}
	if err != nil {
		return false, err
	}
	household, err := merge.View(&state)
	for _, m := range household.GetMembers() {
		if linkOfText(m.GetMember().GetFormerMemberId()) == member {
			return true, err
		}
	}
	return false, err
}

// rewriteWaiting takes what is erased out of what waits for a decision on other families, into
// which a split or a union would bring it, and out of what was kept out of them: by that
// alone it is known, too, who comes of the erased in later work, which names no link.
func (w *work) rewriteWaiting(ctx context.Context, snap store.Snapshot, rewrite *store.Rewrite) error {
	var afterMS int64
	for after := (merge.ID{}); len(w.erased) > 0; {
		rows, err := snap.NotMerged(ctx, w.row.Number, afterMS, after, erasePage)
		if err != nil {
			return err
		}
		for i := range rows {
			q := &rows[i]
			if afterMS, after = q.ReceivedAtMS, q.Change; q.Family == rewrite.Family {
				continue
			}
			stripped, err := w.stripWaiting(ctx, q)
			if err != nil {
				return err
			}
			if stripped {
				rewrite.Quarantine = append(rewrite.Quarantine, *q)
				err = w.waitsNoMore(ctx, q)
			}
			if err != nil {
				return err
			}
		}
		if len(rows) < erasePage {
			return nil
		}
	}
	return nil
}

// waitsNoMore has those looked at who submitted a family of which quarantined work waited, where
// nothing is left of that.
func (w *work) waitsNoMore(ctx context.Context, q *store.Quarantine) error {
	if len(q.Payload) > 0 {
		return nil
	}
	if w.families[q.Family] == nil {
		if err := w.readFamilies(ctx, []merge.ID{q.Family}); err != nil {
			return err
		}
	}
	delete(w.held, q.Change)
	return nil
}

// stripWaiting does so with one change. One that does not open is read by nobody, and holds no
// erasure up.
func (w *work) stripWaiting(ctx context.Context, q *store.Quarantine) (stripped bool, err error) {
	plain, err := w.core.Vault.OpenQuarantine(q)
	if Unopened(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	change := &ksv1.Change{}
	if err := proto.Unmarshal(plain, change); err != nil {
		return false, nil //nolint:nilerr // as it does not open
	}
	delta, err := merge.FromChange(change)
	if err != nil {
		return false, nil //nolint:nilerr // it is refused when it is decided on
	}
	household, err := merge.View(&delta)
	if err != nil {
		return false, nil //nolint:nilerr // likewise
	}
	gone, withFamily := w.goneOf(household, change, &merge.State{})
	if withFamily && merge.NamesOrigin(&delta) {
		q.Payload = nil
		return true, nil
	}
	if stripped, err = gone.Strip(proto.CloneOf(change)); err != nil || !stripped {
		return false, err
	}
	state, err := w.stateOf(ctx, q.Family)
	if err == nil {
		err = w.standing(q.Device, q.Family, household, state)
	}
	if err != nil {
		return false, err
	}
	gone, _ = w.goneOf(household, change, state)
	if stripped, err = gone.Strip(proto.CloneOf(change)); err != nil || !stripped {
		return false, err
	}
	for _, id := range gone.Members {
		w.keepID(id, store.FateErased)
	}
	if err := w.tellErasure([]uint32{q.Author}, q.Family, gone); err != nil {
		return false, err
	}
	return true, w.sealWaiting(q, plain, gone)
}

// stateOf is a family as it stands: empty where it does not, or does not open, which holds no
// erasure up.
func (w *work) stateOf(ctx context.Context, family merge.ID) (*merge.State, error) {
	if w.families[family] == nil {
		err := w.readFamilies(ctx, []merge.ID{family})
		if Unopened(err) {
			return &merge.State{Family: family}, nil
		}
		if err != nil {
			return nil, err
		}
	}
	return w.families[family].joined(), nil
}
