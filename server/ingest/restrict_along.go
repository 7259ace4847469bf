package ingest

import (
	"context"
	"crypto/sha256"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// readRestricted finds which of the families that a batch splits others off from are restricted.
func (w *work) readRestricted(ctx context.Context, batch []*Incoming) error {
	var ids []merge.ID
	for _, in := range batch {
		if from := in.splitFrom(); w.families[in.family] != nil && !from.IsZero() {
			ids = append(ids, from)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := w.village.Families(ctx, ids)
	for i := range rows {
		w.restricted[rows[i].ID] = rows[i].Restricted
	}
	return err
}

// splitFrom is the family that the change says its own was split off from; zero where it says
// nothing of that, or can't be read.
func (in *Incoming) splitFrom() merge.ID {
	if !in.judgeable() {
		return merge.ID{}
	}
	return linkOfText(in.household.GetFamily().GetSplitFromId())
}

// mergedInto is the family that the change says its own is the same as; zero likewise.
func (in *Incoming) mergedInto() merge.ID {
	if !in.judgeable() {
		return merge.ID{}
	}
	return linkOfText(in.household.GetFamily().GetRemoval().GetKeptId())
}

// brings tells from which family into which the change brings members, by a split or by what a
// union says of the family that goes; zero where by neither.
func (in *Incoming) brings() (from, into merge.ID) {
	if from = in.splitFrom(); !from.IsZero() {
		return from, in.family
	}
	if into = in.mergedInto(); !into.IsZero() {
		return in.family, into
	}
	return merge.ID{}, merge.ID{}
}

// isRestricted tells whether a family is restricted as it was, or gets so by this commit.
func (w *work) isRestricted(id merge.ID) bool {
	if f := w.families[id]; f != nil && (f.row.Restricted || f.withheld) {
		return true
	}
	return w.restricted[id]
}

// restrictAlong restricts the family into which work that was under way has brought members of
// a restricted one, or of one that was just restricted along, by a change that was applied: who
// splits off from it, also where other work on them was admitted first, and the one that it is
// said to be the same as. Each is lifted by itself.
func (w *work) restrictAlong(ctx context.Context, in *Incoming, f *familyWork) error {
	f.withheld = f.withheld || w.isRestricted(in.splitFrom())
	kept := in.mergedInto()
	if kept.IsZero() || !w.isRestricted(in.family) {
		return nil
	}
	if w.families[kept] == nil {
		if err := w.readFamilies(ctx, []merge.ID{kept}); err != nil {
			return err
		}
	}
	into := w.families[kept]
	if into.isNew || into.row.Restricted || into.withheld {
		into.withheld = into.withheld || into.isNew && into.dirty
		return nil
	}
	name, err := w.core.Vault.NewSalt() // of the revision in the chain
	if err != nil {
		return err
	}
	w.link(&Act{Sender: &Sender{}, content: sha256.Sum256(fmt.Appendf(nil, "restricted along %s", kept))}, merge.ID(name))
	into.row.Revision, into.withheld = w.row.Revision, true
	return nil
}

// restrictWithheld marks those families as restricted, which are written by then.
func (w *work) restrictWithheld(ctx context.Context) error {
	for id, f := range w.families {
		if f.withheld {
			if err := w.village.Restrict(ctx, id, true); err != nil {
				return err
			}
		}
	}
	return nil
}

// noteBrought notes of what is not merged into which families it would bring members (brings),
// where that came before it was noted. What does not open tells nothing.
func (w *work) noteBrought(ctx context.Context) error {
	var afterMS int64
	for after := (merge.ID{}); ; {
		rows, err := w.past.NotMerged(ctx, w.row.Number, afterMS, after, erasePage)
		if err != nil {
			return err
		}
		for _, q := range rows {
			if afterMS, after = q.ReceivedAtMS, q.Change; !q.Into.IsZero() {
				continue
			}
			plain, err := w.core.Vault.OpenQuarantine(&q)
			if err != nil && !Unopened(err) {
				return err
			}
			change := &ksv1.Change{}
			if err != nil || proto.Unmarshal(plain, change) != nil {
				continue
			}
			in := Prepare(change, &Sender{Admitted: true}, w.now.UnixMilli())
			if q.From, q.Into = in.brings(); !q.Into.IsZero() {
				w.commit.Quarantine = append(w.commit.Quarantine, q)
			}
		}
		if len(rows) < erasePage {
			return nil
		}
	}
}
