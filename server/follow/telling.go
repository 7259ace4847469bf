package follow

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// tellFamilies are told in one transaction, where the engine has one for many
// villages: each syncs to disk once, and holds SQLite's one writer for some tens of
// milliseconds.
const tellFamilies = 200

// tellRounds bounds how often those told are looked at once more, while others change
// what they share.
const tellRounds = 8

// telling tells families what they share.
type telling struct {
	*Identifiers
	// followed is how far villages are followed but for the telling; nil: not known.
	followed map[uint32]uint64
	// partners are those at the other side of what was found of a family, or of what it was
	// told before.
	partners map[place]map[place]bool
	// behind are those at the other side of what the index alone has still.
	behind map[place]bool
}

func (f *Identifiers) newTelling(followed map[uint32]uint64) *telling {
	return &telling{f, followed, map[place]map[place]bool{}, map[place]bool{}}
}

// tell tells some families what they share, and those they share it with. Whoever was told
// is looked at once more, with its partners: what was found may have been over by the time
// it was told, and who followed its end by then found nobody told of it. So is, once, who may
// have been told earlier of what the index alone has still. All who are concerned are added
// to families. Error: store.ErrOvertaken where that does not end.
func (t *telling) tell(ctx context.Context, families map[place]bool) error {
	now, revisited := slices.SortedFunc(maps.Keys(families), place.compare), map[place]bool{}
	for round := 0; len(now) > 0; round++ {
		if round == tellRounds {
			return fmt.Errorf("tell %d families what they share: %w", len(now), store.ErrOvertaken)
		}
		told, err := t.once(ctx, now)
		next := map[place]bool{}
		for _, of := range told {
			next[of] = true
			maps.Copy(next, t.partners[of])
		}
		if round == 0 {
			for _, of := range now {
				for other := range t.partners[of] {
					if !families[other] {
						next[other] = true
					}
				}
			}
		}
		for of := range t.behind {
			if !revisited[of] {
				revisited[of], next[of] = true, true
			}
		}
		maps.Copy(families, next)
		if err != nil {
			return err
		}
		now = slices.SortedFunc(maps.Keys(next), place.compare)
	}
	return nil
}

// Erasing is called before a family, or a member of it, is erased, from when on nothing leads
// to those it shares numbers with. tell tells them, afterwards, that they share them no more.
func (f *Identifiers) Erasing(ctx context.Context, village uint32, family merge.ID) (tell func(ctx context.Context) error, err error) {
	shared, err := f.sharers(ctx, []place{{village, family}})
	if err != nil {
		return nil, fmt.Errorf("who shares numbers with family %s: %w", family, err)
	}
	others := map[place]bool{}
	for _, s := range shared {
		others[s.other] = true
	}
	return func(ctx context.Context) error { return f.newTelling(nil).tell(ctx, others) }, nil
}

// once tells some families what is found of them, where it is news to them, and gives whom
// it told, or, on error, may have told.
func (t *telling) once(ctx context.Context, families []place) (told []place, err error) {
	for some := range slices.Chunk(families, tellFamilies) {
		found, err := t.pairs(ctx, some)
		if err != nil {
			return told, err
		}
		news, err := t.newsOfAll(ctx, some, found)
		if err != nil {
			return told, err
		}
		for i := range news {
			told = append(told, place{news[i].Village, news[i].Family})
		}
		if err := t.core().TellDoubles(ctx, news); err != nil {
			return told, err
		}
		for i := range news {
			t.rememberTold(&news[i], t.followed)
		}
	}
	return told, nil
}

// newsOfAll are what families are to be told of what was found; their partners are noted.
func (t *telling) newsOfAll(ctx context.Context, some []place, found map[place][]pair) (news []ingest.Telling, err error) {
	concerned := slices.Clone(some)
	for of, pairs := range found {
		for i := range pairs {
			concerned = append(concerned, pairs[i].other)
			t.pair(of, pairs[i].other)
		}
	}
	ctx = store.WithScope(ctx, store.Scope{Villages: villagesOf(concerned), Restricted: true})
	err = t.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		news = news[:0]
		read := newOnceReader(snap, t.behind)
		for _, of := range some {
			doubles, ended, isNew, err := t.newsOf(ctx, read, of, found[of])
			if err != nil {
				return err
			}
			for _, other := range ended {
				t.pair(of, other)
			}
			if isNew {
				news = append(news, ingest.Telling{Village: of.village, Family: of.family, Found: doubles})
			}
		}
		return nil
	})
	return news, err
}

// pair notes a partner of a family.
func (t *telling) pair(of, other place) {
	if t.partners[of] == nil {
		t.partners[of] = map[place]bool{}
	}
	t.partners[of][other] = true
}

// toldMax bounds what is remembered of tellings; beyond, families are looked at
// again.
const toldMax = 50_000

// rememberTold spares a family that has just been told the look that its new
// revision would bring: by that nothing changed but what it was told. Not where it
// had a revision before that is still to be followed.
func (f *Identifiers) rememberTold(t *ingest.Telling, followed map[uint32]uint64) {
	if t.Told == 0 || t.Before > followed[t.Village] {
		return
	}
	if f.told == nil || f.toldAll >= toldMax {
		f.told, f.toldAll = map[uint32]map[uint64]merge.ID{}, 0
	}
	if f.told[t.Village] == nil {
		f.told[t.Village] = map[uint64]merge.ID{}
	}
	f.told[t.Village][t.Told] = t.Family
	f.toldAll++
}
