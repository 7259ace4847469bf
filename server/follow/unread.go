package follow

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

const (
	// unreadNamed are named at most.
	unreadNamed = 20
	// unreadTried are tried again at most, every retryAfter.
	unreadTried = 1_000
	retryAfter  = 10 * time.Minute
)

// UnreadError says what does not open. The families of it stay found by what they were found
// by, and with those who share a number with them, told what they were, until they open.
type UnreadError struct{ Unread []error }

// Error names some of them.
func (e *UnreadError) Error() string {
	return fmt.Sprintf("families that can't be read (%d) are not followed, all others are; ks-server verify lists them: %v",
		len(e.Unread), errors.Join(e.Unread[:min(len(e.Unread), unreadNamed)]...))
}

// Unwrap gives what is wrong with each.
func (e *UnreadError) Unwrap() []error { return e.Unread }

// pass notes that a family can't be read, which keeps no others from being followed; it
// gives any other error.
func (f *Identifiers) pass(of place, err error) error {
	if !ingest.OfRecord(err) && !errors.Is(err, store.ErrDamaged) {
		return err
	}
	if f.unread == nil {
		f.unread, f.passed = map[string]error{}, map[place]bool{}
	}
	text := fmt.Sprintf("family %s: %v", of.family, err)
	f.unread[text], f.passed[of] = fmt.Errorf("family %s: %w", of.family, err), true
	return nil
}

// tellUnread gives what pass noted, once.
func (f *Identifiers) tellUnread() error {
	if len(f.unread) == 0 {
		return nil
	}
	e := &UnreadError{}
	for _, text := range slices.Sorted(maps.Keys(f.unread)) {
		e.Unread = append(e.Unread, f.unread[text])
	}
	f.unread = nil
	return e
}

// keepPassed keeps who was passed over, before what they were read for counts as done.
func (f *Identifiers) keepPassed(ctx context.Context) error {
	err := f.eachVillage(ctx, f.passed, func(ctx context.Context, tx store.Tx, village uint32, families []merge.ID) error {
		return tx.Directory().NoteUnread(ctx, village, families)
	})
	if err == nil {
		clear(f.passed)
	}
	return err
}

// eachVillage writes of each village that families are of.
func (f *Identifiers) eachVillage(ctx context.Context, families map[place]bool, write func(ctx context.Context, tx store.Tx, village uint32, families []merge.ID) error) error {
	byVillage := map[uint32][]merge.ID{}
	for of := range families {
		byVillage[of.village] = append(byVillage[of.village], of.family)
	}
	for _, village := range slices.Sorted(maps.Keys(byVillage)) {
		err := f.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error { return write(ctx, tx, village, byVillage[village]) })
		if err != nil {
			return err
		}
	}
	return nil
}

// retry follows those who were passed over and can be read by now, or are not there any more:
// when this follower begins, and every retryAfter.
func (f *Identifiers) retry(ctx context.Context) error {
	if time.Since(f.retried) < retryAfter {
		return nil
	}
	var unread []store.UnreadFamily
	err := f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		unread, err = snap.UnreadFamilies(ctx, unreadTried)
		return err
	})
	if err != nil {
		return err
	}
	settled := map[place]bool{}
	for _, u := range unread {
		of := place{u.Village, u.Family}
		b, err := f.readAgain(ctx, of)
		if err == nil {
			err = f.write(ctx, []batch{b})
		}
		if err == nil || errors.Is(err, store.ErrNotFound) {
			settled[of] = true
		} else if err := f.pass(of, err); err != nil {
			return err
		}
	}
	err = f.eachVillage(ctx, settled, func(ctx context.Context, tx store.Tx, village uint32, families []merge.ID) error {
		return tx.Directory().ForgetUnread(ctx, village, families)
	})
	if err == nil {
		f.retried = time.Now()
	}
	return err
}

// readAgain reads one family, as far as it is followed. Errors: store.ErrNotFound.
func (f *Identifiers) readAgain(ctx context.Context, of place) (b batch, err error) {
	b.village, b.doubled = of.village, []place{of}
	ctx = store.WithScope(ctx, store.Scope{Villages: []uint32{of.village}, Restricted: true})
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		_, writes, err := snap.FollowedTo(ctx, of.village)
		if err != nil {
			return err
		}
		f.writes[of.village] = writes
		row, err := snap.FindFamily(ctx, []uint32{of.village}, of.family)
		if err != nil {
			return err
		}
		if _, err := f.Vault.FamilyReview(&row); err != nil {
			return err
		}
		b.again = [][16]byte{of.family}
		b.entries, err = f.identifiersOf(ctx, snap, &row)
		return err
	})
	return b, err
}
