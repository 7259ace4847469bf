package past

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

// openDays are days that may still move, with what the figures changed by on them.
type openDays struct {
	Span
	change *tally.Figures
}

// openCauses adds up what moved a subject on days that are not settled: what is
// remembered and what came since. A recompute gives no revision, and a clock may have
// been ahead; so what does not add up to the change of the figures is read anew.
func (p *Days) openCauses(ctx context.Context, snap store.Snapshot, x Subject, days openDays, into *store.CauseSums) error {
	if days.empty() {
		return nil
	}
	numbers := x.Villages(p.Board)
	if len(numbers) > maxOpenVillages {
		return ErrTooManyDays
	}
	revisions, err := snap.Revisions(ctx, numbers)
	if err != nil {
		return err
	}
	key := keptDay{x, p.Board.Directory(), days.After}
	fresh := &keptOpen{revisions: revisions}
	known, _ := p.kept.open.Find(key)
	if ok, err := fresh.follow(ctx, snap, known, days, x.Year); err != nil {
		return err
	} else if !ok {
		fresh.sums = store.CauseSums{}
		add := func(m *store.Movement) error { return fresh.sums.AddIn(x.Year, m) }
		if err := p.eachMovement(ctx, snap, x, days.Span, add); err != nil {
			return err
		}
	}
	p.kept.open.Keep(key, fresh, aging.Taking{Size: keptCausesSize + keptOpenVillage*len(revisions), Room: keptOpenBytes})
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
		b := store.Beyond{Village: number, After: days.After, UpTo: days.UpTo, Revision: known.revisions[number]}
		if err := snap.MovementsBeyond(ctx, b, func(m store.Movement) error { return k.sums.AddIn(year, &m) }); err != nil {
			return false, err
		}
	}
	provisional, verified := k.sums.Sum()
	return provisional == days.change.Provisional && verified == days.change.Verified, nil
}
