package api

import (
	"context"

	"github.com/keluarga-sehat/sync/server/aging"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// keptOpen is what moved a subject since the last settled day, up to a revision of
// each of its villages, so that what came since is all that has to be read. It does
// not change.
type keptOpen struct {
	revisions map[uint32]uint64
	sums      store.CauseSums
}

// maxMovedVillages bounds the villages that are looked at one by one; where more have
// moved, all are read at once.
const maxMovedVillages = 40

// openDays are days that may still move, after one and up to another, with what the
// figures changed by on them.
type openDays struct {
	after, upTo int
	change      *tally.Figures
}

// openCauses adds up what moved a subject on days that are not settled: what is
// remembered and what came since. A recompute gives no revision, and a clock may have
// been ahead; so what does not add up to the change of the figures is read anew.
func (s *Services) openCauses(ctx context.Context, snap store.Snapshot, x *subject, days openDays, into *store.CauseSums) error {
	if days.after >= days.upTo {
		return nil
	}
	numbers := s.numbersOf(x)
	if len(numbers) > maxOpenVillages {
		return errTooManyDays
	}
	revisions, err := snap.Revisions(ctx, numbers)
	if err != nil {
		return err
	}
	key := keptDay{x.id(), x.year, s.Board.Directory(), days.after}
	fresh := &keptOpen{revisions: revisions}
	known, _ := s.past.open.Find(key)
	if ok, err := fresh.follow(ctx, snap, known, days, x.year); err != nil {
		return err
	} else if !ok {
		fresh.sums = store.CauseSums{}
		add := func(m *store.Movement) error { return fresh.sums.AddIn(x.year, m) }
		if err := s.eachMovement(ctx, snap, x, days.after, days.upTo, add); err != nil {
			return err
		}
	}
	s.past.open.Keep(key, fresh, aging.Taking{Size: keptCausesSize + keptOpenVillage*len(revisions), Room: keptOpenBytes})
	into.AddSums(&fresh.sums)
	return nil
}

// follow takes over what is known (nil: nothing) and adds what came since; ok is false
// where that does not give the change of the figures.
func (k *keptOpen) follow(ctx context.Context, snap store.Snapshot, known *keptOpen, days openDays, year int) (ok bool, err error) {
	if known == nil {
		return false, nil
	}
	var moved []uint32
	for number, revision := range k.revisions {
		if revision > known.revisions[number] {
			moved = append(moved, number)
		}
	}
	if len(moved) > maxMovedVillages {
		return false, nil
	}
	k.sums = known.sums
	for _, number := range moved {
		b := store.Beyond{Village: number, After: days.after, UpTo: days.upTo, Revision: known.revisions[number]}
		if err := snap.MovementsBeyond(ctx, b, func(m store.Movement) error { return k.sums.AddIn(year, &m) }); err != nil {
			return false, err
		}
	}
	provisional, verified := k.sums.Sum()
	return provisional == days.change.Provisional && verified == days.change.Verified, nil
}
