package registration

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/store"
)

// office is one that needs an account.
type office struct {
	role ksv1.Role
	area string
}

// officesOf are the provincial and the district office of a registration.
func (s *Service) officesOf(w *Whole) []office {
	return []office{{ksv1.Role_ROLE_PROVINCE, w.District[:2]}, {ksv1.Role_ROLE_DISTRICT, w.District}}
}

// hasOffice tells whether an office has an account that is not disabled.
func hasOffice(ctx context.Context, snap store.Snapshot, o office) (bool, error) {
	list, err := accountsWith(ctx, snap, store.AccountQuery{Area: o.area}, o.role)
	return len(list) > 0, err
}

// Issue makes the accounts of accepted Puskesmas: one for each administrator, and
// one each for the provincial and the district office where there is none. Their
// guides are kept sealed until they are handed over. Errors: store.ErrNotFound,
// ErrForbidden, *StepError, ErrNothingDue, *IncompleteError for an office's person,
// account.ErrPersonKnown with the field.
func (s *Service) Issue(ctx context.Context, c *access.Caller, number uint32, codes []string, note string) (*Whole, []Guide, error) {
	var guides []Guide
	t := Taken{Step: ksv1.RegistrationStep_REGISTRATION_STEP_ISSUED, Note: note}
	w, err := s.step(ctx, c, number, codes, mayDecide, t, func(ctx context.Context, tx store.Tx, w *Whole, list []*store.RegistrationPuskesmas) error {
		guides = nil
		// Requests of several districts may be issued at once.
		if err := tx.Directory().LockOffices(ctx, []string{w.District[:2], w.District}, ""); err != nil {
			return err
		}
		for _, o := range s.officesOf(w) {
			g, err := s.issueOffice(ctx, tx, w, o)
			if err != nil {
				return err
			}
			guides = append(guides, g...)
		}
		for _, p := range list {
			g, err := s.issueAdministrators(ctx, tx, w, p)
			if err != nil {
				return err
			}
			guides = append(guides, g...)
		}
		return nil
	})
	return w, guides, err
}

func (s *Service) issueOffice(ctx context.Context, tx store.Tx, w *Whole, o office) ([]Guide, error) {
	has, err := hasOffice(ctx, tx.Snapshot(), o)
	if err != nil || has {
		return nil, err
	}
	k, err := s.checkerOf(ctx, tx.Snapshot(), w)
	if err != nil {
		return nil, err
	}
	// Since the acceptance the office may have lost its account, the person got one.
	findings, err := k.office(ctx, o)
	if err != nil {
		return nil, err
	}
	if findings = blocking(findings); len(findings) > 0 {
		return nil, &IncompleteError{"", findings}
	}
	name, err := tx.Snapshot().FindArea(ctx, o.area)
	if err != nil {
		return nil, err
	}
	g, err := s.issueTo(ctx, tx, w, k.responsible(o), account.NewAccount{Roles: []ksv1.Role{o.role}, Area: o.area}, roleLabel(o.role)+" "+name.Name)
	return []Guide{g}, err
}

func (s *Service) issueAdministrators(ctx context.Context, tx store.Tx, w *Whole, p *store.RegistrationPuskesmas) ([]Guide, error) {
	if err := tx.Directory().LockOffices(ctx, nil, p.Puskesmas); err != nil {
		return nil, err
	}
	people, err := s.list(ctx, tx.Snapshot(), w.Number, p.Puskesmas)
	if err != nil {
		return nil, err
	}
	var guides []Guide
	for i := range people {
		n := &people[i]
		// Who has an account here already keeps it: one each, not two.
		if n.Role != int32(ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR) || !current(n) || n.Account != 0 {
			continue
		}
		a := account.NewAccount{Roles: []ksv1.Role{ksv1.Role_ROLE_PUSKESMAS_ADMINISTRATOR}, Puskesmas: p.Puskesmas}
		g, err := s.issueTo(ctx, tx, w, n, a, p.Name)
		if err != nil {
			return nil, err
		}
		guides = append(guides, g)
	}
	return guides, nil
}

// issueTo issues an account to a nominee whose form is accepted by it, and keeps
// its guide.
func (s *Service) issueTo(ctx context.Context, tx store.Tx, w *Whole, n *store.Nominee, a account.NewAccount, place string) (Guide, error) {
	var err error
	if a.Person, err = s.accountPerson(&w.Registration, n); err != nil {
		return Guide{}, err
	}
	a.Registered = true
	one, err := s.Accounts.Issue(ctx, tx, a)
	if errors.Is(err, account.ErrPersonKnown) {
		return Guide{}, &account.PersonKnownError{Field: fmt.Sprintf("nominees[%d].nik", n.Number)}
	}
	if err != nil {
		return Guide{}, err
	}
	n.Account, n.SinceMS = one.Number, s.Now().UnixMilli()
	n.Standing = int32(ksv1.NomineeStanding_NOMINEE_STANDING_ACCEPTED)
	if _, err := tx.Directory().PutNominee(ctx, *n); err != nil {
		return Guide{}, err
	}
	g := Guide{
		Account: one.Number, UserName: one.UserName, Code: one.Code, ExpiresMS: one.Expires.UnixMilli(),
		FullName: a.FullName, Position: a.Position, Role: a.Roles[0], Place: place, PlaceCode: a.Area + a.Puskesmas,
	}
	return g, s.putGuide(ctx, tx, w, n.Puskesmas, g)
}

// accountPerson is a nominee as an account has them.
func (s *Service) accountPerson(r *store.Registration, n *store.Nominee) (account.Person, error) {
	p, err := s.PersonOf(r, n)
	if err != nil {
		return account.Person{}, err
	}
	nik, err := prokesga.ParseNIK(p.GetNik())
	if err != nil {
		return account.Person{}, fmt.Errorf("nominee %d: %w", n.Number, err)
	}
	return account.Person{
		FullName: p.GetFullName(), NIP: p.GetNip(), NotCivilServant: p.GetNotCivilServant(), NIK: uint64(nik), Position: p.GetPosition(),
		Mobile: p.GetMobile(), Email: p.GetEmail(),
	}, nil
}

const guidePrefix = "guide/"

// guideName ends with a slash, so that no name begins with another.
func guideName(account uint32) string {
	return guidePrefix + strconv.FormatUint(uint64(account), 10) + "/"
}
