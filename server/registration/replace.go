package registration

import (
	"context"
	"errors"
	"fmt"
	"slices"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/ledger"
	"github.com/keluarga-sehat/sync/server/store"
)

// Short names of standings.
const (
	standingProposed = ksv1.NomineeStanding_NOMINEE_STANDING_PROPOSED
	standingAdmitted = ksv1.NomineeStanding_NOMINEE_STANDING_ADMITTED
	standingAccepted = ksv1.NomineeStanding_NOMINEE_STANDING_ACCEPTED
	standingReplaced = ksv1.NomineeStanding_NOMINEE_STANDING_REPLACED
	standingRefused  = ksv1.NomineeStanding_NOMINEE_STANDING_REFUSED
)

// StandingError: a nominee stands where the deed does not begin.
type StandingError struct {
	Nominee  uint32
	Standing ksv1.NomineeStanding
}

// Error tells where.
func (e *StandingError) Error() string {
	return fmt.Sprintf("nominee %d is %s: this is not due", e.Nominee, e.Standing)
}

// onNominee runs a deed on a nominee, the registration locked; may decides with
// the registration, as of the district that the Puskesmas is in now. Errors: store.ErrNotFound, ErrForbidden, *StandingError.
func (s *Service) onNominee(ctx context.Context, c *access.Caller, number uint32, may func(access.OverRegistration, *store.Nominee) bool,
	from []ksv1.NomineeStanding, fn func(ctx context.Context, tx store.Tx, w *Whole, n *store.Nominee) error) error {
	return s.Store.Write(scoped(ctx, c), func(ctx context.Context, tx store.Tx) error {
		n, err := tx.Snapshot().FindNominee(ctx, number)
		if err != nil {
			return err
		}
		row, err := tx.Directory().LockRegistration(ctx, n.Registration)
		if err != nil {
			return err
		}
		if n, err = tx.Snapshot().FindNominee(ctx, number); err != nil {
			return err
		}
		over, err := overNominee(ctx, tx.Snapshot(), c, &row, &n)
		switch {
		case err != nil:
			return err
		case !over.Read && (undecided(&n) || !c.AdministersPuskesmas(n.Puskesmas)):
			return fmt.Errorf("nominee %d: %w", number, store.ErrNotFound)
		case !may(over, &n):
			return ErrForbidden
		case !slices.Contains(from, ksv1.NomineeStanding(n.Standing)):
			return &StandingError{number, ksv1.NomineeStanding(n.Standing)}
		}
		w := &Whole{Registration: row}
		if w.Puskesmas, err = tx.Snapshot().RegistrationPuskesmasOf(ctx, n.Registration); err != nil {
			return err
		}
		return fn(ctx, tx, w, &n)
	})
}

// overNominee decides by the district that the nominee's Puskesmas is in now.
func overNominee(ctx context.Context, snap store.Snapshot, c *access.Caller, r *store.Registration, n *store.Nominee) (access.OverRegistration, error) {
	if n.Puskesmas == "" {
		return c.OverRegistration(r), nil
	}
	known, err := snap.FindPuskesmas(ctx, n.Puskesmas)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return access.OverRegistration{}, err
	}
	return c.OverNominee(r, known.District, !undecided(n)), nil
}

// undecided tells whether a nominee's list was not decided on yet.
func undecided(n *store.Nominee) bool {
	return n.Standing == int32(ksv1.NomineeStanding_NOMINEE_STANDING_NOMINATED)
}

// Propose proposes a person in place of an accepted or admitted one, by the
// administrator of the Puskesmas, or by the district for an administrator. Of persons it
// tells what is wrong in their fields and in the own list; what stands elsewhere is for who
// admits, for else whoever may propose could ask about anybody. Errors: store.ErrNotFound,
// ErrForbidden, *StandingError, *InvalidError for the first that keeps the person out.
func (s *Service) Propose(ctx context.Context, c *access.Caller, number uint32, person *ksv1.NomineePerson, note string) (fresh store.Nominee, err error) {
	may := func(over access.OverRegistration, n *store.Nominee) bool {
		if n.Puskesmas == "" || !c.Has(ksv1.Right_RIGHT_PROPOSE_REPLACEMENT) {
			return false
		}
		return c.AdministersPuskesmas(n.Puskesmas) || over.DrawUp && n.Role == int32(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR)
	}
	from := []ksv1.NomineeStanding{standingAccepted, standingAdmitted, standingRefused}
	err = s.onNominee(ctx, c, number, may, from, func(ctx context.Context, tx store.Tx, w *Whole, n *store.Nominee) error {
		list, err := s.list(ctx, tx.Snapshot(), w.Number, n.Puskesmas)
		if err != nil {
			return err
		}
		if err := s.holdsPlace(ctx, tx.Snapshot(), n, list); err != nil {
			return err
		}
		fresh = store.Nominee{
			Registration: n.Registration, Puskesmas: n.Puskesmas, Role: n.Role, Replaces: n.Number, Standing: int32(standingProposed),
			SinceMS: s.Now().UnixMilli(),
		}
		if slices.ContainsFunc(list, func(o store.Nominee) bool { return o.Replaces == n.Number && current(&o) }) {
			return &InvalidError{"nominee", "Sudah ada pengganti yang diusulkan."}
		}
		if err := s.sealNominee(&w.Registration, &fresh, person); err != nil {
			return err
		}
		shared, err := s.sharedHere(ctx, tx.Snapshot(), &fresh, list)
		if err != nil {
			return err
		}
		if err := blocked("", append(CheckPerson(tidy(person)), shared...)); err != nil {
			return err
		}
		if fresh.Number, err = tx.Directory().PutNominee(ctx, fresh); err != nil {
			return err
		}
		return s.tellNominee(ctx, tx, w, &fresh, c, ksv1.RegistrationStep_REGISTRATION_STEP_REPLACEMENT_PROPOSED, note)
	})
	return fresh, err
}

// holdsPlace tells whether somebody can follow a nominee of a list: also one whose form
// was refused after the district had admitted them, until somebody else is admitted in
// their place. Errors: *StandingError.
func (s *Service) holdsPlace(ctx context.Context, snap store.Snapshot, n *store.Nominee, list []store.Nominee) error {
	if n.Standing != int32(standingRefused) {
		return nil
	}
	admitted, followed := false, false
	err := s.eachEvent(ctx, snap, n.Registration, func(e *store.RegistrationEvent) error {
		if e.Step == int32(ksv1.RegistrationStep_REGISTRATION_STEP_REPLACEMENT_ADMITTED) {
			admitted = admitted || e.Nominee == n.Number
			followed = followed || slices.ContainsFunc(list, func(o store.Nominee) bool { return o.Number == e.Nominee && o.Replaces == n.Number })
		}
		return nil
	})
	if err == nil && (!admitted || followed) {
		err = &StandingError{n.Number, standingRefused}
	}
	return err
}

func (s *Service) tellNominee(ctx context.Context, tx store.Tx, w *Whole, n *store.Nominee, c *access.Caller, step ksv1.RegistrationStep, note string) error {
	state := ksv1.RegistrationState(0)
	if p := w.find(n.Puskesmas); p != nil {
		state = ksv1.RegistrationState(p.State)
	}
	return s.tell(ctx, tx, w, n.Puskesmas, state, state, Taken{Step: step, Actor: c.Account.Number, Note: note, Nominee: n.Number})
}

// stand gives a nominee a new standing.
func (s *Service) stand(ctx context.Context, tx store.Tx, n *store.Nominee, standing ksv1.NomineeStanding) error {
	n.Standing, n.SinceMS = int32(standing), s.Now().UnixMilli()
	_, err := tx.Directory().PutNominee(ctx, *n)
	return err
}

// Admit admits a proposed person, by the district. The form of the one before is
// in force no more: look-ups end at once, and so does the role in the account;
// an account without another role is disabled, and unsent work then waits for a
// supervisor's decision. Errors: store.ErrNotFound, ErrForbidden, *StandingError, also
// of the one before, who was replaced through another registration meanwhile;
// *InvalidError for a person who stands elsewhere, who is to be refused then.
func (s *Service) Admit(ctx context.Context, c *access.Caller, number uint32, note string) (out store.Nominee, err error) {
	may := func(over access.OverRegistration, _ *store.Nominee) bool { return over.DrawUp }
	var ended []ledger.Line
	err = s.onNominee(ctx, c, number, may, []ksv1.NomineeStanding{standingProposed}, func(ctx context.Context, tx store.Tx, w *Whole, n *store.Nominee) error {
		if err := tx.Directory().LockOffices(ctx, nil, n.Puskesmas); err != nil {
			return err
		}
		before, err := tx.Snapshot().FindNominee(ctx, n.Replaces)
		if err != nil {
			return err
		}
		if err := s.fits(ctx, tx.Snapshot(), w, n); err != nil {
			return err
		}
		switch before.Standing {
		case int32(standingReplaced):
			return &StandingError{before.Number, standingReplaced}
		case int32(standingAccepted), int32(standingAdmitted):
			if err := s.stand(ctx, tx, &before, standingReplaced); err != nil {
				return err
			}
		}
		if ended, err = s.leave(ctx, tx, &before); err != nil {
			return err
		}
		if err := s.stand(ctx, tx, n, standingAdmitted); err != nil {
			return err
		}
		out = *n
		return s.tellNominee(ctx, tx, w, n, c, ksv1.RegistrationStep_REGISTRATION_STEP_REPLACEMENT_ADMITTED, note)
	})
	if err != nil {
		return out, err
	}
	return out, s.Accounts.Keep(ended...)
}

// fits holds a person who was proposed against what stands elsewhere. Errors:
// *InvalidError.
func (s *Service) fits(ctx context.Context, snap store.Snapshot, w *Whole, n *store.Nominee) error {
	k, err := s.checkerOf(ctx, snap, w)
	if err != nil {
		return err
	}
	findings, err := k.nominee(ctx, n)
	if err != nil {
		return err
	}
	return blocked("nominee", findings)
}

// AcceptReplacement accepts the form of an admitted person, by Pusdatin: look-ups
// are allowed. An administrator's account is issued by it. Errors:
// store.ErrNotFound, ErrForbidden, *StandingError, *account.PersonKnownError.
func (s *Service) AcceptReplacement(ctx context.Context, c *access.Caller, number uint32, note string) (out store.Nominee, guide *Guide, err error) {
	may := func(over access.OverRegistration, _ *store.Nominee) bool { return over.Decide }
	err = s.onNominee(ctx, c, number, may, []ksv1.NomineeStanding{standingAdmitted}, func(ctx context.Context, tx store.Tx, w *Whole, n *store.Nominee) error {
		guide = nil
		if err := tx.Directory().LockOffices(ctx, nil, n.Puskesmas); err != nil {
			return err
		}
		if err := s.acceptForm(ctx, tx, n); err != nil {
			return err
		}
		if n.Role == int32(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR) && n.Account == 0 {
			place := n.Puskesmas
			if p := w.find(n.Puskesmas); p != nil {
				place = p.Name
			}
			a := account.NewAccount{Roles: []ksv1.Role{ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR}, Puskesmas: n.Puskesmas}
			g, err := s.issueTo(ctx, tx, w, n, a, place)
			if err != nil {
				return err
			}
			guide = &g
		}
		out = *n
		return s.tellNominee(ctx, tx, w, n, c, ksv1.RegistrationStep_REGISTRATION_STEP_REPLACEMENT_ACCEPTED, note)
	})
	return out, guide, err
}

// RefuseReplacement refuses a person: the district one who was proposed, Pusdatin
// the form of one who was admitted, whose account then stays without look-ups.
// Errors: store.ErrNotFound, ErrForbidden, *StandingError, *InvalidError.
func (s *Service) RefuseReplacement(ctx context.Context, c *access.Caller, number uint32, reason string) (out store.Nominee, err error) {
	if err := checkReason(reason); err != nil {
		return out, err
	}
	may := func(over access.OverRegistration, n *store.Nominee) bool {
		return over.DrawUp && n.Standing == int32(standingProposed) || over.Decide && n.Standing == int32(standingAdmitted)
	}
	from := []ksv1.NomineeStanding{standingProposed, standingAdmitted}
	err = s.onNominee(ctx, c, number, may, from, func(ctx context.Context, tx store.Tx, w *Whole, n *store.Nominee) error {
		if err := s.stand(ctx, tx, n, standingRefused); err != nil {
			return err
		}
		out = *n
		return s.tellNominee(ctx, tx, w, n, c, ksv1.RegistrationStep_REGISTRATION_STEP_REPLACEMENT_REFUSED, reason)
	})
	return out, err
}
