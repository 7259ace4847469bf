package api

import (
	"context"
	"strings"
	"sync"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// interventions counts what was advised or done in a period. Only sealed records
// tell that, so a Puskesmas's families are opened (some 10,000, half a second);
// the count is kept until one of its villages changes. The zero value is ready.
type interventions struct {
	mu   sync.Mutex
	kept map[interventionsKey]interventionsCount // guarded by mu
	// turns are held while families are opened.
	turns chan struct{} // made under mu
}

// interventionTurns is how many Puskesmas are counted at one time, at a core each:
// the rest of the machine is for devices. Who finds a count kept waits for none.
const interventionTurns = 2

type interventionsKey struct {
	puskesmas string
	period    period
}

type interventionsCount struct {
	// revisions is the sum of the villages' revisions, which never falls.
	revisions uint64
	count     int64
}

// maxKeptInterventions bounds the memory; when it is full, all are forgotten.
const maxKeptInterventions = 1024

func (i *interventions) find(k interventionsKey, revisions uint64) (int64, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	found, ok := i.kept[k]
	return found.count, ok && found.revisions == revisions
}

func (i *interventions) keep(k interventionsKey, c interventionsCount) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.kept == nil || len(i.kept) >= maxKeptInterventions {
		i.kept = map[interventionsKey]interventionsCount{}
	}
	i.kept[k] = c
}

// wait takes a turn; done gives it back.
func (i *interventions) wait(ctx context.Context) (done func(), err error) {
	i.mu.Lock()
	if i.turns == nil {
		i.turns = make(chan struct{}, interventionTurns)
	}
	turns := i.turns
	i.mu.Unlock()
	select {
	case turns <- struct{}{}:
		return func() { <-turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// of counts for a Puskesmas and a period.
func (i *interventions) of(ctx context.Context, s *Services, x *subject, p period) (int64, error) {
	key, numbers := interventionsKey{x.id(), p}, x.plain().Villages(s.Board)
	// A count tells of no family, so it may be asked for by who sees none.
	scoped := store.WithScope(ctx, store.Scope{Villages: numbers, Figures: numbers})
	var count int64
	var kept bool
	err := s.Store.Read(scoped, func(ctx context.Context, snap store.Snapshot) error {
		revisions, err := revisionsOf(ctx, snap, numbers)
		count, kept = i.find(key, revisions)
		return err
	})
	if err != nil || kept {
		return count, err
	}
	done, err := i.wait(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	var c interventionsCount
	err = s.Store.Read(scoped, func(ctx context.Context, snap store.Snapshot) (err error) {
		c = interventionsCount{}
		if c.revisions, err = revisionsOf(ctx, snap, numbers); err != nil {
			return err
		}
		// Who held the turn before may have counted the same.
		if c.count, kept = i.find(key, c.revisions); kept {
			return nil
		}
		c.count = 0
		return s.eachHousehold(ctx, snap, numbers, func(h *ksv1.Household) { c.count += interventionsIn(h, p) })
	})
	if err != nil {
		return 0, err
	}
	i.keep(key, c)
	return c.count, nil
}

// revisionsOf is the sum of villages' revisions.
func revisionsOf(ctx context.Context, snap store.Snapshot, numbers []uint32) (sum uint64, err error) {
	for _, n := range numbers {
		v, err := snap.Village(ctx, n)
		if err != nil {
			return 0, err
		}
		sum += v.Revision
	}
	return sum, nil
}

// pageHouseholds is how many families are read at a time.
const pageHouseholds = 500

// eachHousehold opens the families of villages, but those that are restricted.
func (s *Services) eachHousehold(ctx context.Context, snap store.Snapshot, villages []uint32, do func(*ksv1.Household)) error {
	for _, number := range villages {
		err := store.EachFamily(ctx, snap, number, nil, pageHouseholds, func(row *store.Family) error {
			if row.Restricted {
				return nil
			}
			_, _, state, err := s.Vault.ReadFamily(ctx, snap, row)
			if err != nil {
				return err
			}
			h, err := merge.View(&state)
			if err == nil {
				do(h)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// interventionsIn counts a family's: visits of the period at which advice was
// given, and members for whom one is noted in a round of the period.
func interventionsIn(h *ksv1.Household, p period) (n int64) {
	from, to := p.from.String(), p.to.String()
	inside := func(date string) bool { return from <= date && date <= to }
	for _, v := range h.GetVisits() {
		if inside(v.GetVisit().GetDate()) && strings.TrimSpace(v.GetVisit().GetAdvice()) != "" {
			n++
		}
	}
	for _, r := range h.GetRounds() {
		if !inside(r.GetRound().GetSurveyDate()) || r.GetRound().GetWithdrawal() != nil {
			continue
		}
		for _, x := range r.GetIndividuals() {
			if strings.TrimSpace(x.GetIndividual().GetInterventionNote()) != "" {
				n++
			}
		}
	}
	return n
}
