package registration

import (
	"context"
	"errors"
	"slices"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/store"
)

// StaffAccount is an account that was made of a nominee.
type StaffAccount struct {
	account.Issued
	FullName string
}

// Skipped is a nominee of whom no account was made: an account elsewhere stands in the way,
// or the person's form does not hold any more.
type Skipped struct {
	Nominee  uint32
	FullName string
	Reason   ksv1.FindingReason
	// Message is for people, in Indonesian.
	Message string
}

// CreateStaff makes the accounts of all supervisors, surveyors and heads of the
// administrator's own Puskesmas whose form was accepted or whose replacement was
// admitted, and who have none yet. Who has an account in the Puskesmas already gets the
// role in it, and no new code; who can't have one is skipped, and is due the next time
// again. Errors: ErrForbidden, ErrNothingDue.
func (s *Service) CreateStaff(ctx context.Context, c *access.Caller) (made []StaffAccount, skipped []Skipped, err error) {
	code := c.Account.Puskesmas
	if !c.AdministersPuskesmas(code) || !c.Has(ksv1.Right_RIGHT_ISSUE_ACCOUNTS) {
		return nil, nil, ErrForbidden
	}
	err = s.Store.Write(scoped(ctx, c), func(ctx context.Context, tx store.Tx) error {
		made, skipped = nil, nil
		if err := tx.Directory().LockOffices(ctx, nil, code); err != nil {
			return err
		}
		list, err := s.staffDue(ctx, tx.Snapshot(), code)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return ErrNothingDue
		}
		row, err := tx.Directory().LockRegistration(ctx, list[0].Registration)
		if err != nil {
			return err
		}
		for i := range list {
			one, not, err := s.makeStaff(ctx, tx, &row, &list[i])
			switch {
			case err != nil:
				return err
			case not != nil:
				skipped = append(skipped, *not)
			case one != nil:
				made = append(made, *one)
			}
		}
		if len(skipped) == len(list) {
			return nil
		}
		t := Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_STAFF_CREATED, Actor: c.Account.Number}
		return s.tell(ctx, tx, &Whole{Registration: row}, code, activated, activated, t)
	})
	return made, skipped, err
}

// staffDue are the nominees of a Puskesmas who should have an account now: those of the list
// that was accepted last, and who was admitted into their places.
func (s *Service) staffDue(ctx context.Context, snap store.Snapshot, code string) ([]store.Nominee, error) {
	newest, err := newestList(ctx, snap, code)
	if err != nil || newest == 0 {
		return nil, err
	}
	list, err := s.list(ctx, snap, newest, code)
	return slices.DeleteFunc(list, func(n store.Nominee) bool {
		return !inPlace(&n) || n.Account != 0 || n.Role == int32(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR)
	}), err
}

// makeStaff makes the account of a nominee, or gives the one in the Puskesmas the role,
// or tells why neither can be.
func (s *Service) makeStaff(ctx context.Context, tx store.Tx, row *store.Registration, n *store.Nominee) (*StaffAccount, *Skipped, error) {
	person, err := s.accountPerson(row, n)
	if err != nil {
		return nil, nil, err
	}
	not := Skipped{Nominee: n.Number, FullName: person.FullName}
	var invalid *account.InvalidError
	if errors.As(person.Check(), &invalid) {
		not.Reason, not.Message = ksv1.FindingReason_FINDING_REASON_MALFORMED, invalid.Problem
		return nil, &not, nil
	}
	known, err := tx.Snapshot().AccountsOfPerson(ctx, n.NIKHash)
	if err != nil {
		return nil, nil, err
	}
	if i := slices.IndexFunc(known, func(a store.Account) bool { return !a.Disabled && a.Puskesmas == n.Puskesmas }); i >= 0 {
		return nil, nil, s.addRole(ctx, tx, n, known[i].Number)
	}
	registered := n.Standing == int32(ksv1.NomineeStanding_NOMINEE_STANDING_ACCEPTED)
	one, err := s.Accounts.Issue(ctx, tx, account.NewAccount{
		Person: person, Roles: []ksv1.Role{ksv1.Role(n.Role)}, Puskesmas: n.Puskesmas, Registered: registered,
	})
	if errors.Is(err, account.ErrPersonKnown) {
		not.Reason, not.Message = ksv1.FindingReason_FINDING_REASON_HAS_ACCOUNT, "Orang ini sudah memiliki akun aktif di tempat lain."
		return nil, &not, nil
	}
	if err != nil {
		return nil, nil, err
	}
	n.Account = one.Number
	_, err = tx.Directory().PutNominee(ctx, *n)
	return &StaffAccount{one, person.FullName}, nil, err
}

// addRole gives an account that a nominee has in the Puskesmas the role.
func (s *Service) addRole(ctx context.Context, tx store.Tx, n *store.Nominee, number uint32) error {
	a, err := tx.Directory().LockAccount(ctx, number)
	if err != nil {
		return err
	}
	if !slices.Contains(a.Roles, n.Role) {
		a.Roles = append(a.Roles, n.Role)
		a.ScopeRevision++
	}
	if !access.MayAct(a.Roles) {
		a.ActingUntilMS = 0
	}
	a.Registered = a.Registered || n.Standing == int32(ksv1.NomineeStanding_NOMINEE_STANDING_ACCEPTED)
	if _, err := tx.Directory().PutAccount(ctx, a); err != nil {
		return err
	}
	n.Account = number
	_, err = tx.Directory().PutNominee(ctx, *n)
	return err
}
