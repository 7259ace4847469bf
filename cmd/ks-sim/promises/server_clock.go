package promises

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// serverClock is the server's clock, which is hours ahead for a while now and then.
type serverClock struct {
	rng   *rand.Rand
	ahead time.Duration
	// visited is the family that was visited last, of so many visits.
	visited merge.ID
	visits  int
}

// newServerClock draws when it is ahead, apart, so that what else is drawn does not depend
// on it.
func newServerClock(seed uint64) serverClock {
	return serverClock{rng: rand.New(rand.NewPCG(seed, 0x636c))}
}

// serverNow is what the server takes for the time.
func (w *World) serverNow() time.Time { return w.now.Add(w.serverClock.ahead) }

// serverClockStep sets the server's clock ahead, now and then, or right again; either way
// somebody visits a family at once, the same one where they know it. It stays within the
// day: figures of days are what they are by the day that the server's clock gives, and don't
// add up where that goes back.
func (w *World) serverClockStep(ctx context.Context) error {
	c := &w.serverClock
	before := c.ahead
	switch n := c.rng.IntN(100); {
	case c.ahead > 0 && n < 30:
		c.ahead = 0
	case c.ahead == 0 && n < 3:
		c.ahead = time.Duration(1+c.rng.IntN(12)) * time.Hour
	}
	if prokesga.DateOf(w.serverNow().In(area.WIB)) != prokesga.DateOf(w.now.In(area.WIB)) {
		c.ahead = 0
	}
	if c.ahead == before {
		return nil
	}
	if c.ahead > 0 {
		w.Report.ServerClocks++
	}
	return w.visit(ctx)
}

// visit lets somebody sync, correct a family's address, and sync again. What they correct they
// have seen, and nobody else was there meanwhile.
func (w *World) visit(ctx context.Context) error {
	c := &w.serverClock
	defer func(rng *rand.Rand) { w.rng = rng }(w.rng)
	w.rng = c.rng
	r := w.replicas[c.rng.IntN(len(w.replicas))]
	if w.now.Before(r.until) {
		return nil // no signal
	}
	if err := w.drain(ctx, r); err != nil {
		return err
	}
	known, _ := r.store.Families(device.Query{Limit: 1000})
	if len(known) == 0 {
		return nil
	}
	family := known[c.rng.IntN(len(known))]
	if again := slices.IndexFunc(known, func(f device.Summary) bool { return f.ID == c.visited }); again >= 0 {
		family = known[again]
	}
	c.visited, c.visits = family.ID, c.visits+1
	address := "Jl. Koreksi " + strconv.Itoa(c.visits)
	changes, err := r.store.Save(ctx, family.ID, family.Village, func(*device.Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Address: &address}}}, nil
	})
	if err != nil {
		return fmt.Errorf("visit: %w", err)
	}
	w.Report.Saves++
	for _, change := range changes {
		w.noteSaved(r, change)
	}
	if err := w.drain(ctx, r); err != nil {
		return err
	}
	return w.checkCorrection(ctx, r, &family, address)
}

// drain lets a device sync undisturbed until nothing that it can send is unsent.
func (w *World) drain(ctx context.Context, r *replica) error {
	for range drainSyncs {
		if err := w.sync(ctx, r, false); err != nil {
			return err
		}
	}
	return nil
}

// checkCorrection: what was corrected last, by who had seen the rest, stands alone, unless it
// waits for a decision.
func (w *World) checkCorrection(ctx context.Context, r *replica, family *device.Summary, address string) error {
	return w.store.Read(store.AsOperator(ctx), func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.FindFamily(ctx, []uint32{1, 2}, family.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil // all of it waits
		}
		if err != nil || row.Restricted { // of a restricted family they were not shown the rest
			return err
		}
		_, _, state, err := w.backend.Vault.OpenFamily(&row)
		if err != nil {
			return err
		}
		var values []merge.Value
		if record := state.Record(merge.Key{Kind: merge.KindFamily}); record != nil && record.Register(addressField) != nil {
			values = record.Register(addressField).Values
		}
		stands := func(v merge.Value) bool { return strings.HasSuffix(string(v.Element), address) }
		switch {
		case !slices.ContainsFunc(values, stands):
			waiting, err := r.store.Outbox(ctx, 1)
			if err == nil && len(waiting) == 1 && waiting[0].Status == device.StatusApplied {
				w.Report.violate("correction: the address of family %s shows none of what device %d, which had seen the rest, wrote last", family.ID, r.owner.device)
			}
			return err
		case len(values) > 1:
			w.Report.violate("correction: the address of family %s, corrected last by device %d, which had seen the rest, has %d values", family.ID, r.owner.device, len(values))
		default:
			w.Report.Corrections++
		}
		return nil
	})
}

// addressField is the number of Family.address.
const addressField = 4
