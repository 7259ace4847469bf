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
	// turn is held while families are opened: one at a time.
	turn chan struct{} // made under mu
}

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

func (i *interventions) wait(ctx context.Context) (done func(), err error) {
	i.mu.Lock()
	if i.turn == nil {
		i.turn = make(chan struct{}, 1)
	}
	turn := i.turn
	i.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// of counts for a Puskesmas and a period.
func (i *interventions) of(ctx context.Context, s *Services, x *subject, p period) (int64, error) {
	done, err := i.wait(ctx)
	if err != nil {
		return 0, err
	}
	defer done()
	key, numbers := interventionsKey{x.id(), p}, s.numbersOf(x)
	var c interventionsCount
	// A count tells of no family, so it may be asked for by who sees none.
	scoped := store.WithScope(ctx, store.Scope{Villages: numbers, Figures: numbers})
	err = s.Store.Read(scoped, func(ctx context.Context, snap store.Snapshot) error {
		c = interventionsCount{}
		for _, n := range numbers {
			v, err := snap.Village(ctx, n)
			if err != nil {
				return err
			}
			c.revisions += v.Revision
		}
		var ok bool
		if c.count, ok = i.find(key, c.revisions); ok {
			return nil
		}
		return s.eachHousehold(ctx, snap, numbers, func(h *ksv1.Household) { c.count += interventionsIn(h, p) })
	})
	if err != nil {
		return 0, err
	}
	i.keep(key, c)
	return c.count, nil
}

// pageHouseholds is how many families are read at a time.
const pageHouseholds = 500

// eachHousehold opens the families of villages, but those that are restricted.
func (s *Services) eachHousehold(ctx context.Context, snap store.Snapshot, villages []uint32, do func(*ksv1.Household)) error {
	for _, number := range villages {
		var after merge.ID
		for {
			rows, err := snap.FamiliesByID(ctx, number, nil, after, pageHouseholds)
			if err != nil {
				return err
			}
			for i := range rows {
				if rows[i].Restricted {
					continue
				}
				_, _, state, err := s.Vault.OpenFamily(&rows[i])
				if err != nil {
					return err
				}
				h, err := merge.View(&state)
				if err != nil {
					return err
				}
				do(h)
			}
			if len(rows) < pageHouseholds {
				break
			}
			after = rows[len(rows)-1].ID
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
