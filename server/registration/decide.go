package registration

import (
	"context"
	"slices"
	"strings"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// BeginVerification takes Puskesmas out of the queue. Errors: store.ErrNotFound,
// ErrForbidden, *StepError, ErrNothingDue.
func (s *Service) BeginVerification(ctx context.Context, c *access.Caller, number uint32, codes []string, note string) (*Whole, error) {
	return s.step(ctx, c, number, codes, mayDecide, Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_VERIFICATION_BEGUN, Note: note}, nil)
}

// Return sends Puskesmas back with reasons; the others go on. Errors:
// store.ErrNotFound, ErrForbidden, *StepError, ErrNothingDue, *InvalidError without a
// reason.
func (s *Service) Return(ctx context.Context, c *access.Caller, number uint32, codes []string, reason string) (*Whole, error) {
	if err := checkReason(reason); err != nil {
		return nil, err
	}
	return s.step(ctx, c, number, codes, mayDecide, Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_RETURNED, Note: reason}, nil)
}

// Refuse ends Puskesmas with a reason. Errors as of Return.
func (s *Service) Refuse(ctx context.Context, c *access.Caller, number uint32, codes []string, reason string) (*Whole, error) {
	if err := checkReason(reason); err != nil {
		return nil, err
	}
	return s.step(ctx, c, number, codes, mayDecide, Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_REFUSED, Note: reason}, nil)
}

// checkReason refuses a reason that tells nothing. Errors: *InvalidError.
func checkReason(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return &InvalidError{"reason", "Wajib diisi."}
	}
	return nil
}

// Accept accepts Puskesmas, all or none: from then on the forms of their
// nominees are in force, also for those who have an account in the Puskesmas
// already. Errors as of BeginVerification, *IncompleteError.
func (s *Service) Accept(ctx context.Context, c *access.Caller, number uint32, codes []string, note string) (*Whole, error) {
	t := Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_ACCEPTED, Note: note}
	return s.step(ctx, c, number, codes, mayDecide, t, func(ctx context.Context, tx store.Tx, w *Whole, list []*store.RegistrationPuskesmas) error {
		for _, p := range list {
			if err := tx.Directory().LockOffices(ctx, nil, p.Puskesmas); err != nil {
				return err
			}
		}
		k, err := s.checkerOf(ctx, tx.Snapshot(), w)
		if err != nil {
			return err
		}
		request, err := k.request(ctx)
		if err != nil {
			return err
		}
		for _, p := range list {
			own, err := k.puskesmas(ctx, p.Puskesmas)
			if err != nil {
				return err
			}
			if findings := blocking(append(slices.Clone(request), own...)); len(findings) > 0 {
				return &IncompleteError{p.Puskesmas, findings}
			}
			if err := s.acceptList(ctx, tx, w, p.Puskesmas); err != nil {
				return err
			}
		}
		return nil
	})
}

// blocking are those of findings with which a Puskesmas can't go on.
func blocking(list []Finding) []Finding {
	return slices.DeleteFunc(list, func(f Finding) bool { return !f.Blocking })
}

// acceptList puts the forms of a list in force.
func (s *Service) acceptList(ctx context.Context, tx store.Tx, w *Whole, code string) error {
	list, err := s.list(ctx, tx.Snapshot(), w.Number, code)
	if err != nil {
		return err
	}
	for _, n := range list {
		if n.Puskesmas != code || n.Standing != int32(ksv1.NomineeStanding_NOMINEE_STANDING_NOMINATED) {
			continue
		}
		if err := s.acceptForm(ctx, tx, &n); err != nil {
			return err
		}
	}
	return nil
}

// acceptForm puts a nominee's form in force: the account that the person has in
// the Puskesmas, if any, may look up from now on.
func (s *Service) acceptForm(ctx context.Context, tx store.Tx, n *store.Nominee) error {
	accounts, err := tx.Snapshot().AccountsOfPerson(ctx, n.NIKHash)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		if a.Disabled || a.Puskesmas != n.Puskesmas {
			continue
		}
		locked, err := tx.Directory().LockAccount(ctx, a.Number)
		if err != nil {
			return err
		}
		locked.Registered = true
		if _, err := tx.Directory().PutAccount(ctx, locked); err != nil {
			return err
		}
		if slices.Contains(a.Roles, n.Role) {
			n.Account = a.Number
		}
	}
	n.Standing, n.SinceMS = int32(ksv1.NomineeStanding_NOMINEE_STANDING_ACCEPTED), s.Now().UnixMilli()
	_, err = tx.Directory().PutNominee(ctx, *n)
	return err
}

// everybody reads all nominees of a registration, by number.
func (s *Service) everybody(ctx context.Context, snap store.Snapshot, registration uint32) ([]store.Nominee, error) {
	return allOf(ctx, snap, store.NomineeQuery{Registration: registration})
}

// allOf reads all that a query finds, page by page.
func allOf(ctx context.Context, snap store.Snapshot, q store.NomineeQuery) ([]store.Nominee, error) {
	var out []store.Nominee
	for q.Limit = pageRows; ; {
		page, err := snap.ListNominees(ctx, q)
		if err != nil {
			return nil, err
		}
		if out = append(out, page...); len(page) < pageRows {
			return out, nil
		}
		q.After = page[len(page)-1].Number
	}
}

// list reads the nominees of a Puskesmas in a registration ("": of the offices).
func (s *Service) list(ctx context.Context, snap store.Snapshot, registration uint32, code string) ([]store.Nominee, error) {
	all, err := allOf(ctx, snap, store.NomineeQuery{Registration: registration, Puskesmas: code})
	return slices.DeleteFunc(all, func(n store.Nominee) bool { return n.Puskesmas != code }), err
}

// pageRows is how many rows are read at a time.
const pageRows = 1000
