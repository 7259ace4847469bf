package follow

import (
	"context"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// tellFamilies are told in one transaction, where the engine has one for many
// villages: each syncs to disk once, and holds SQLite's one writer for some tens of
// milliseconds.
const tellFamilies = 200

// tell tells some families what they share, and those they share it with. What was found may
// be over by the time it is told, and whoever followed its end by then found nobody told of
// it. But by being told a family is revised, and so looked at once more.
func (f *Identifiers) tell(ctx context.Context, families map[place]bool) error {
	partners := map[place]bool{}
	if err := f.tellThese(ctx, families, partners); err != nil {
		return err
	}
	maps.DeleteFunc(partners, func(of place, _ bool) bool { return families[of] })
	return f.tellThese(ctx, partners, map[place]bool{})
}

// tellThese tells some families what is found of them, where it is news to them. Those at
// the other side are added to partners.
func (f *Identifiers) tellThese(ctx context.Context, families, partners map[place]bool) error {
	for some := range slices.Chunk(slices.SortedFunc(maps.Keys(families), place.compare), tellFamilies) {
		found, err := f.pairs(ctx, some)
		if err != nil {
			return err
		}
		concerned := slices.Clone(some)
		for _, pairs := range found {
			for i := range pairs {
				concerned = append(concerned, pairs[i].other)
				partners[pairs[i].other] = true
			}
		}
		var news []ingest.Telling
		scoped := store.WithScope(ctx, store.Scope{Villages: villagesOf(concerned), Restricted: true})
		err = f.Store.Read(scoped, func(ctx context.Context, snap store.Snapshot) error {
			news = news[:0]
			read := newOnceReader(snap)
			for _, of := range some {
				doubles, isNew, err := f.newsOf(ctx, read, of, found[of])
				if err := f.pass(of, err); err != nil {
					return err
				}
				if isNew {
					news = append(news, ingest.Telling{Village: of.village, Family: of.family, Found: doubles})
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := f.tellAll(ctx, news); err != nil {
			return err
		}
	}
	return nil
}

// tellAll tells families, but for those that do not open.
func (f *Identifiers) tellAll(ctx context.Context, news []ingest.Telling) error {
	err := f.core().TellDoubles(ctx, news)
	if !ingest.OfRecord(err) {
		return err
	}
	for i := range news {
		if err := f.pass(place{news[i].Village, news[i].Family}, f.core().TellDoubles(ctx, news[i:i+1])); err != nil {
			return err
		}
	}
	return nil
}

// staleMax stale identifiers are looked at together.
const staleMax = 1_000

// tellStale tells those who are found by identifiers of which they may be told wrongly who
// shares them.
func (f *Identifiers) tellStale(ctx context.Context) error {
	for more := true; more; {
		var stale []store.StaleIdentifier
		concerned := map[place]bool{}
		err := f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
			clear(concerned)
			if stale, err = snap.StaleIdentifiers(ctx, f.bounds().stale); err != nil {
				return err
			}
			for _, i := range stale {
				sharers, tooMany, err := f.sharers(ctx, snap, i.Hash)
				if err != nil {
					return err
				}
				if !tooMany {
					add(concerned, sharers)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := f.tell(ctx, concerned); err != nil {
			return err
		}
		if err := f.keepPassed(ctx); err != nil {
			return err
		}
		if err := f.forgetStale(ctx, stale); err != nil {
			return err
		}
		more = len(stale) == f.bounds().stale
	}
	return nil
}

// forgetStale forgets identifiers that come by village.
func (f *Identifiers) forgetStale(ctx context.Context, stale []store.StaleIdentifier) error {
	for len(stale) > 0 {
		n := len(stale)
		if !f.Store.ManyVillages() {
			if other := slices.IndexFunc(stale, func(i store.StaleIdentifier) bool { return i.Village != stale[0].Village }); other > 0 {
				n = other
			}
		}
		err := f.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error { return tx.Directory().ForgetStale(ctx, stale[:n]) })
		if err != nil {
			return err
		}
		stale = stale[n:]
	}
	return nil
}
