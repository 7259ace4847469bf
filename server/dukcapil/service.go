package dukcapil

import (
	"context"
	"errors"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
)

// Service lets users look up. All fields must be set but Registry.
type Service struct {
	Store store.Store
	// Registry to ask; nil: none, and every look-up is ErrOff.
	Registry Registry
	// PerUser and InAll bound look-ups a day.
	PerUser, InAll int64
	Now            func() time.Time
}

// For is the family that a look-up serves.
type For struct {
	Family  merge.ID
	Area    area.Code
	Purpose ksv1.LookUpPurpose
}

// keptDays is how long counts of past days are kept.
const keptDays = 7

// Person looks a NIK up. Errors: those of Registry, ErrOff, ErrNotRegistered,
// ErrForbidden.
func (s *Service) Person(ctx context.Context, c *access.Caller, nik prokesga.NIK, f For) (person *ksv1.RegistryPerson, err error) {
	err = s.lookUp(ctx, c, f, func() (err error) {
		person, err = s.Registry.Person(ctx, nik)
		return err
	})
	return person, err
}

// FamilyCard looks an NKK up. Errors: as Person.
func (s *Service) FamilyCard(ctx context.Context, c *access.Caller, nkk prokesga.NKK, f For) (card *Card, err error) {
	err = s.lookUp(ctx, c, f, func() (err error) {
		card, err = s.Registry.FamilyCard(ctx, nkk)
		return err
	})
	return card, err
}

// lookUp decides, counts, and asks. A look-up that the registry did not answer, or for
// which it refused this server, is not counted; one that the caller broke off once it was
// asked is.
func (s *Service) lookUp(ctx context.Context, c *access.Caller, f For, ask func() error) error {
	audit.Of(ctx).Ground(f.Purpose.String())
	audit.Of(ctx).Subject(audit.FamilySubject(f.Family), audit.AreaSubject(f.Area.String()))
	if err := s.decide(ctx, c, f); err != nil {
		return err
	}
	if s.Registry == nil {
		return ErrOff
	}
	day := s.today().Number()
	if err := s.count(ctx, day, c.Account.Number); err != nil {
		return err
	}
	err := ask()
	var full *QuotaError
	if errors.As(err, &full) {
		err = &QuotaError{Whose: full.Whose, Wait: s.untilTomorrow()}
	}
	var down *UnavailableError
	if full != nil || errors.As(err, &down) || errors.Is(err, ErrRefused) {
		return errors.Join(err, s.takeBack(context.WithoutCancel(ctx), day, c.Account.Number))
	}
	return err
}

// decide tells whether the caller may look up for the family: by its own RT
// where the server knows it among the caller's, else by the RT that was named.
func (s *Service) decide(ctx context.Context, c *access.Caller, f For) error {
	if !c.Has(ksv1.Right_RIGHT_LOOK_UP_REGISTRY) {
		return ErrForbidden
	}
	var row store.Family
	err := s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		row, err = snap.FindFamily(ctx, c.Villages(), f.Family)
		return err
	})
	switch {
	case err == nil:
		if !c.CoversFor(ksv1.Right_RIGHT_LOOK_UP_REGISTRY, row.Village, row.Place) {
			return ErrForbidden
		}
	case errors.Is(err, store.ErrNotFound):
		if !s.coversNamed(c, f.Area) {
			return ErrForbidden
		}
	default:
		return err
	}
	if !c.Account.Registered {
		return ErrNotRegistered
	}
	return nil
}

func (s *Service) coversNamed(c *access.Caller, code area.Code) bool {
	if code.Level() != area.RT {
		return false
	}
	for _, v := range c.Work {
		if own, err := area.Parse(v.Code); err == nil && own.Contains(code) {
			return c.CoversFor(ksv1.Right_RIGHT_LOOK_UP_REGISTRY, v.Number, code.Place())
		}
	}
	return false
}

// today is the day whose quotas are used up, which ends at 24:00 WIB.
func (s *Service) today() prokesga.Date { return prokesga.DateOf(s.Now().In(area.WIB)) }

// untilTomorrow is the time until the next day's quotas.
func (s *Service) untilTomorrow() time.Duration {
	now := s.Now().In(area.WIB)
	return prokesga.DateOf(now).EndIn(area.WIB).Sub(now)
}

// everybody is the account under which all look-ups are counted.
const everybody = 0

func (s *Service) count(ctx context.Context, day int, account uint32) error {
	full := ""
	err := s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		full = ""
		if err := tx.Directory().ForgetLookUps(ctx, s.today().AddDays(-keptDays).Number()); err != nil {
			return err
		}
		for _, q := range []struct {
			whose   string
			account uint32
			limit   int64
		}{{OfUser, account, s.PerUser}, {OfServer, everybody, s.InAll}} {
			ok, err := tx.Directory().AddLookUps(ctx, day, q.account, 1, q.limit)
			if err != nil {
				return err
			}
			if !ok {
				full = q.whose
				return errFull
			}
		}
		return nil
	})
	if errors.Is(err, errFull) {
		return &QuotaError{Whose: full, Wait: s.untilTomorrow()}
	}
	return err
}

// errFull undoes a count that one of the two quotas has no room for.
var errFull = errors.New("quota is full")

func (s *Service) takeBack(ctx context.Context, day int, account uint32) error {
	return s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		for _, a := range []uint32{account, everybody} {
			if _, err := tx.Directory().AddLookUps(ctx, day, a, -1, s.InAll); err != nil {
				return err
			}
		}
		return nil
	})
}
