package promises

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// made is all that was ever saved, whatever became of it.
type made struct {
	byID   map[merge.ID]savedChange
	bySaid map[[32]byte]*saying
}

// saying is what changes say that were saved.
type saying struct {
	times int
	// by are the accounts that saved them.
	by []uint32
	// copied: it lay in a database that was copied, and each life of that may bring it
	// under an id of its own.
	copied bool
}

// noteSaved remembers a change that a device has told to be saved.
func (w *World) noteSaved(r *replica, c *ksv1.Change) {
	r.settleLoss()
	id, said := merge.ID(c.GetId()), judge.Saying(c)
	saved := savedAs(c)
	w.saved[id], w.made.byID[id] = saved, saved
	if w.rights != nil {
		w.rights.members.saved = append(w.rights.members.saved, proto.CloneOf(c))
	}
	if w.made.bySaid[said] == nil {
		w.made.bySaid[said] = &saying{}
	}
	w.made.bySaid[said].times++
	w.made.bySaid[said].by = append(w.made.bySaid[said].by, r.owner.account)
	if c.GetAuthor() != r.owner.account {
		w.Report.violate("author: what account %d saves is by account %d", r.owner.account, c.GetAuthor())
	}
}

// noteCopied: what lies in a database now, two lives of it have.
func (w *World) noteCopied(ctx context.Context, r *replica) error {
	entries, err := r.store.Outbox(ctx, 1_000_000)
	for _, e := range entries {
		if said := w.made.bySaid[judge.Saying(e.Change)]; said != nil {
			said.copied = true
		}
	}
	return err
}

// checkMakers: every change in the history is by who made it, on a device of theirs or
// one that they took over; somebody has made it, and no more often than it stands there;
// and what went along with a device has arrived.
func (w *World) checkMakers(ctx context.Context, t *judge.Truth) error {
	times := map[[32]byte]int{}
	byIDs := map[[32]byte][]merge.ID{}
	for id, c := range t.Changes {
		_, known := w.made.byID[id]
		if family := merge.ID(c.GetFamilyId()); w.wasTouched(id, family) || !known && w.wasErasedFrom(family) {
			continue // what is left of it is the operator's mark, or less than what was said
		}
		said := judge.Saying(c)
		times[said]++
		byIDs[said] = append(byIDs[said], id)
		if t.Authors[id] != c.GetAuthor() || !w.mayBeBy(c) {
			w.Report.violate("author: change %s, stamped by device %d, stands under account %d and says to be by %d",
				id, c.GetStamp().GetDevice(), t.Authors[id], c.GetAuthor())
		}
		if m := w.made.bySaid[said]; w.disk == nil && m != nil && !slices.Contains(m.by, c.GetAuthor()) {
			w.Report.violate("author: change %s was saved by accounts %v and says to be by %d", id, m.by, c.GetAuthor())
		}
		// On a disk that failed a save may be there that the device did not vouch for.
		if w.disk == nil && !known && w.made.bySaid[said] == nil && !w.wasLeft(said) {
			w.Report.violate("invention: nobody has made change %s", id)
		}
	}
	for said, n := range times {
		if m := w.made.bySaid[said]; w.disk == nil && m != nil && !m.copied && n > m.times {
			w.Report.violate("once: what was saved %d times stands in the history %d times, as %v", m.times, n, byIDs[said])
		}
	}
	places, err := w.whereabouts(ctx)
	if err != nil {
		return err
	}
	return w.checkCarried(ctx, func(e device.OutboxEntry) bool {
		// Not by its id, under which a copy of the former user's database may have sent
		// other work.
		said := judge.Saying(e.Change)
		return w.wasTouched(e.ChangeID, e.FamilyID) || w.wasSaidErased(said) || times[said] > 0 || places.said[said] || places.erased[said]
	})
}

// mayBeBy tells whether the device that stamped a change was its author's.
func (w *World) mayBeBy(c *ksv1.Change) bool {
	stamp, taken := c.GetStamp(), false
	for _, g := range w.handovers.grants {
		if g.GetDevice() != stamp.GetDevice() {
			continue
		}
		if g.GetIncarnation() == stamp.GetIncarnation() {
			return c.GetAuthor() == g.GetIncoming()
		}
		taken = taken || c.GetAuthor() == g.GetIncoming()
	}
	// Where a database was copied that had changed hands, what is unsent in it gets numbers
	// that no grant names: only a supervisor lets it in.
	return slices.Contains(w.handovers.owners[stamp.GetDevice()], c.GetAuthor()) || taken && w.decisions.letIn[judge.Saying(c)]
}
