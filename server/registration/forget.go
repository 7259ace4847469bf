package registration

import (
	"context"
	"time"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// KeepRefused is how long the persons of a Puskesmas that was refused or withdrawn
// are kept (decided): a district may ask why, and send its list again, for a year.
// Nothing needs them afterwards; there is no account that they stand behind.
const KeepRefused = 365 * 24 * time.Hour

// Forgetting says what is to be forgotten.
type Forgetting struct {
	// Registration is its number; 0: all.
	Registration uint32
	// Before is the instant before which a Puskesmas must have been refused or
	// withdrawn.
	Before time.Time
}

// Forgotten counts what Forget took out.
type Forgotten struct{ Puskesmas, Nominees int }

// Forget takes out the persons of Puskesmas that were refused or withdrawn before an
// instant, and their papers; where nothing else is left of a request, the letters
// and the responsible persons too. Who has an account stays. What was done when, by
// which account, with its notes, stays in the timeline. Again it has no effect.
// Errors: ErrForbidden for who may not decide, store.ErrNotFound.
func (s *Service) Forget(ctx context.Context, c *access.Caller, f Forgetting) (out Forgotten, err error) {
	if !c.Has(ksv1.Right_RIGHT_DECIDE_REGISTRATION) {
		return out, ErrForbidden
	}
	numbers := []uint32{f.Registration}
	if f.Registration == 0 {
		if numbers, err = s.ended(ctx, c); err != nil {
			return out, err
		}
	}
	for _, number := range numbers {
		// Also what was never submitted, which Pusdatin does not see: nothing is shown.
		var done Forgotten
		err := s.Store.Write(scoped(ctx, c), func(ctx context.Context, tx store.Tx) (err error) {
			done, err = s.forget(ctx, tx, number, f.Before.UnixMilli())
			return err
		})
		if err != nil {
			return out, err
		}
		out.Puskesmas, out.Nominees = out.Puskesmas+done.Puskesmas, out.Nominees+done.Nominees
	}
	return out, nil
}

// ended are the registrations with a Puskesmas that was refused or withdrawn.
func (s *Service) ended(ctx context.Context, c *access.Caller) (numbers []uint32, err error) {
	const page = 1000
	err = s.Store.Read(scoped(ctx, c), func(ctx context.Context, snap store.Snapshot) error {
		numbers = nil
		for _, state := range []ksv1.RegistrationState{refused, withdrawn} {
			q := store.RegistrationQuery{State: int32(state), Limit: page}
			for {
				rows, err := snap.ListRegistrations(ctx, q)
				if err != nil {
					return err
				}
				for _, r := range rows {
					numbers, q.After = append(numbers, r.Number), r.Number
				}
				if len(rows) < page {
					break
				}
			}
		}
		return nil
	})
	return numbers, err
}

func (s *Service) forget(ctx context.Context, tx store.Tx, number uint32, beforeMS int64) (done Forgotten, err error) {
	if _, err := tx.Directory().LockRegistration(ctx, number); err != nil {
		return done, err
	}
	list, err := tx.Snapshot().RegistrationPuskesmasOf(ctx, number)
	if err != nil {
		return done, err
	}
	left := len(list) == 0
	for _, p := range list {
		if p.State != int32(refused) && p.State != int32(withdrawn) || p.SinceMS >= beforeMS {
			left = true
			continue
		}
		n, err := s.forgetList(ctx, tx, number, p.Puskesmas)
		if err != nil {
			return done, err
		}
		if n > 0 {
			done.Puskesmas, done.Nominees = done.Puskesmas+1, done.Nominees+n
		}
	}
	if left {
		return done, nil
	}
	n, err := s.forgetList(ctx, tx, number, "")
	done.Nominees += n
	return done, err
}

// forgetList takes out a Puskesmas's list and papers ("": the request's and the
// offices'), and tells how many persons.
func (s *Service) forgetList(ctx context.Context, tx store.Tx, number uint32, puskesmas string) (persons int, err error) {
	const most = 100_000
	list, err := tx.Snapshot().ListNominees(ctx, store.NomineeQuery{Registration: number, Limit: most})
	if err != nil {
		return 0, err
	}
	for i := range list {
		if list[i].Puskesmas == puskesmas && list[i].Account == 0 {
			persons++
		}
	}
	if err := tx.Directory().DeleteNominees(ctx, number, puskesmas); err != nil {
		return 0, err
	}
	return persons, tx.Directory().DeleteRegistrationFiles(ctx, number, "", puskesmas)
}
