package promises

import (
	"context"
	"math/rand/v2"
	"path/filepath"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
)

// rights are what people ask the operator for while the world goes on.
type rights struct {
	rng    *rand.Rand
	ledger string
	// erased are the families that were erased; said is what was in them, also under
	// the ids that a device gave its unsent work when it met a server that was restored.
	erased map[merge.ID]bool
	said   map[[32]byte]bool
	// whole is said of families that were erased whole.
	whole map[[32]byte]bool
	// members are those who were erased alone; touched are changes that say something of them.
	members *members
	touched map[merge.ID]bool
}

// NewWorldWithRights sets up the same as NewWorld, where families are restricted,
// lifted and erased meanwhile. Nobody runs copies of a database in it: two lives of
// one family, under two ids, would be two families to the operator, who erases one.
// Its seeds live through other histories than NewWorld's.
func NewWorldWithRights(ctx context.Context, seed uint64, dir string) (*World, error) {
	w, err := newWorld(ctx, seed, dir, nil)
	if err != nil {
		return nil, err
	}
	w.rights = &rights{rng: rand.New(rand.NewPCG(seed, 0x7264)), ledger: filepath.Join(dir, "erasures.jsonl"), erased: map[merge.ID]bool{}, said: map[[32]byte]bool{}, whole: map[[32]byte]bool{}, members: newMembers(), touched: map[merge.ID]bool{}}
	w.watchRights()
	return w, nil
}

// watchRights has a server that was opened keep the ledger, and remembers what comes to it.
func (w *World) watchRights() {
	if w.rights != nil {
		w.backend.Core.Ledger, w.backend.Changes = w.rights.ledger, noting{w.backend.Core, w.rights.members}
	}
}

func (w *World) personService() *person.Service {
	return &person.Service{Store: w.store, Core: w.backend.Core, Now: w.backend.Now, Rand: w.bytes, Ledger: w.rights.ledger}
}

// rightsStep lets, now and then, a family be restricted, or no longer, or erased, or a member
// of it.
func (w *World) rightsStep(ctx context.Context) error {
	if w.rights == nil {
		return nil
	}
	n := w.rights.rng.IntN(100)
	if n >= 15 {
		return nil
	}
	ctx = store.AsOperator(ctx)
	f, err := w.someFamily(ctx)
	if f == nil || err != nil {
		return err
	}
	s := w.personService()
	found, err := s.Find(ctx, person.Selector{Family: f.ID})
	if err != nil {
		return err
	}
	if n < 8 {
		w.Report.Restrictions++
		return s.Restrict(ctx, found, !f.Restricted)
	}
	if n >= 12 {
		return w.eraseMember(ctx, s, found)
	}
	w.Report.Erasures++
	if err := w.noteLived(ctx); err != nil {
		return err
	}
	if err := w.noteErased(ctx, f.ID); err != nil {
		return err
	}
	if err := w.noteGoOn(ctx); err != nil {
		return err
	}
	_, err = s.Erase(ctx, found)
	return err
}

func (w *World) noteErased(ctx context.Context, family merge.ID) error {
	w.rights.erased[family] = true
	t, err := w.judge().Read(ctx)
	if err != nil {
		return err
	}
	for _, c := range t.Changes {
		if merge.ID(c.GetFamilyId()) == family {
			w.noteSaid(c)
		}
	}
	// What waits, or was kept out, goes with it.
	return w.store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		for village := range len(villageCodes) {
			rows, err := snap.QuarantineOf(ctx, uint32(village+1), family)
			if err != nil {
				return err
			}
			for i := range rows {
				c, err := w.openQuarantine(&rows[i])
				if err != nil {
					return err
				}
				w.noteSaid(c)
			}
		}
		return nil
	})
}

func (w *World) noteSaid(c *ksv1.Change) {
	said := judge.Saying(c)
	w.rights.said[said], w.rights.whole[said] = true, true
}

// erasedElsewhere are families of saved changes that were erased under another name, which the
// server gave them when theirs was another's: by what their changes say.
func (w *World) erasedElsewhere() map[merge.ID]bool {
	out := map[merge.ID]bool{}
	for _, c := range w.saved {
		if w.rights != nil && w.rights.whole[c.said] {
			out[c.family] = true
		}
	}
	return out
}

// comeOfErased are families that split off from one that was erased before the server had them.
func (w *World) comeOfErased() map[merge.ID]bool {
	out := map[merge.ID]bool{}
	if w.rights == nil {
		return out
	}
	for _, c := range w.rights.members.saved {
		for _, write := range c.GetWrites() {
			var f ksv1.Family
			if write.GetKind() == ksv1.RecordKind_RECORD_KIND_FAMILY && proto.Unmarshal(write.GetFields(), &f) == nil && w.wasErased(idOf(f.GetSplitFromId())) {
				out[merge.ID(c.GetFamilyId())] = true
			}
		}
	}
	return out
}

// wasSaidErased tells whether what a change says was in a family that was erased.
func (w *World) wasSaidErased(said [32]byte) bool { return w.rights != nil && w.rights.said[said] }

// someFamily that the server has; nil: it has none.
func (w *World) someFamily(ctx context.Context) (f *store.Family, err error) {
	err = w.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		var all []store.Family
		for village := range len(villageCodes) {
			rows, err := snap.FamiliesByID(ctx, uint32(village+1), nil, merge.ID{}, 1_000_000)
			if err != nil {
				return err
			}
			all = append(all, rows...)
		}
		if f = nil; len(all) > 0 {
			f = &all[w.rights.rng.IntN(len(all))]
		}
		return nil
	})
	return f, err
}

// reapply carries out the ledger on a server that was restored.
func (w *World) reapply(ctx context.Context) error {
	if w.rights == nil || w.Report.Erasures+w.Report.Restrictions == 0 {
		return nil
	}
	if err := w.noteGoOn(ctx); err != nil {
		return err
	}
	_, err := w.personService().Reapply(store.AsOperator(ctx), w.rights.ledger)
	return err
}

func (w *World) wasErased(family merge.ID) bool { return w.rights != nil && w.rights.erased[family] }

// checkErased: nothing of an erased family is in the history or in quarantine, and
// none has come back from any device, also one that kept its own changes of it.
func (w *World) checkErased(t *judge.Truth, places *whereabouts) {
	for id, c := range t.Changes {
		family := merge.ID(c.GetFamilyId())
		_, saved := w.made.byID[id]
		// A device may have renumbered what it had not sent: that is known by what it says.
		if w.wasErased(family) && (saved || w.made.bySaid[judge.Saying(c)] != nil) {
			w.Report.violate("erasure: change %s of family %s is in the history", id, family)
		}
	}
	for id, family := range places.families {
		if w.wasErased(family) {
			w.Report.violate("erasure: change %s of family %s is in quarantine", id, family)
		}
	}
	for id, state := range t.States {
		if w.wasErased(id) && !merge.Erased(&state, merge.ID{}) {
			w.Report.violate("erasure: family %s has come back", id)
		}
	}
}
