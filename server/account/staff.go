package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/ledger"
	"github.com/keluarga-sehat/sync/server/store"
)

// MaxActing is for how long a head may name an acting supervisor at one time.
const MaxActing = 90 * 24 * time.Hour

// lockOther reads an account to be written that the caller may treat so, by what the
// caller is now. Errors: store.ErrNotFound for one that the caller may not even read,
// ErrForbidden, auth.ErrAccountDisabled where the caller was disabled meanwhile.
func (s *Service) lockOther(ctx context.Context, tx store.Tx, c *access.Caller, number uint32, may func(access.OverAccount) bool) (store.Account, error) {
	own, row, err := lockBoth(ctx, tx, c.Account.Number, number)
	if err != nil {
		return row, err
	}
	if own.Disabled {
		return row, auth.ErrAccountDisabled
	}
	now := *c
	now.Account = own
	over, err := over(ctx, tx.Snapshot(), &now, &row)
	switch {
	case err != nil:
		return row, err
	case !over.Read:
		return row, store.ErrNotFound
	case !may(over):
		return row, ErrForbidden
	}
	return row, nil
}

// lockBoth locks the caller's account and another, maybe the same, the lower number
// first, so that two who deal with each other wait for each other.
func lockBoth(ctx context.Context, tx store.Tx, caller, number uint32) (own, row store.Account, err error) {
	first, second := min(caller, number), max(caller, number)
	if own, err = tx.Directory().LockAccount(ctx, first); err != nil {
		return own, row, err
	}
	if row, err = tx.Directory().LockAccount(ctx, second); err != nil {
		return own, row, err
	}
	if caller > number {
		own, row = row, own
	}
	return own, row, nil
}

// over decides with what is so of the account's Puskesmas now.
func over(ctx context.Context, snap store.Snapshot, c *access.Caller, a *store.Account) (access.OverAccount, error) {
	return seenPlaces{}.over(ctx, snap, c, a)
}

func mayReissue(o access.OverAccount) bool { return o.Reissue }
func mayManage(o access.OverAccount) bool  { return o.Manage }

// CreateStaff makes the accounts of persons, all or none, at the caller's own
// place; the national level names an office's area. Whether a form was accepted
// is not the caller's to say. No person is looked up until the form of all holds, so that
// nobody is told who has an account by a call that makes none. Errors: those of Issue,
// ErrForbidden; an *InvalidError names the position, such as "staff[2].nik".
func (s *Service) CreateStaff(ctx context.Context, c *access.Caller, staff []NewAccount) (issued []Issued, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		issued = nil
		list := slices.Clone(staff)
		for i := range list {
			if slices.ContainsFunc(list[:i], func(o NewAccount) bool { return o.NIK == list[i].NIK }) {
				return &InvalidError{fmt.Sprintf("staff[%d].nik", i), "NIK ini tertulis dua kali."}
			}
			err := checkStaff(ctx, tx.Snapshot(), c, &list[i])
			var invalid *InvalidError
			if errors.As(err, &invalid) {
				return &InvalidError{fmt.Sprintf("staff[%d].%s", i, invalid.Field), invalid.Problem}
			}
			if err != nil {
				return err
			}
		}
		if err := s.lookUpStaff(ctx, tx, c, list); err != nil {
			return err
		}
		for i := range list {
			one, err := s.Issue(ctx, tx, list[i])
			if err != nil {
				return err
			}
			issued = append(issued, one)
		}
		return nil
	})
	return issued, err
}

// PersonKnownError is ErrPersonKnown with the field that names the person.
type PersonKnownError struct{ Field string }

// Error names the field.
func (e *PersonKnownError) Error() string { return e.Field + ": " + ErrPersonKnown.Error() }

// Unwrap is ErrPersonKnown.
func (e *PersonKnownError) Unwrap() error { return ErrPersonKnown }

// checkStaff holds one of new staff against its form and what the caller may make, and
// gives it the caller's place. Errors: *InvalidError, ErrForbidden.
func checkStaff(ctx context.Context, snap store.Snapshot, c *access.Caller, a *NewAccount) error {
	a.Puskesmas = c.Account.Puskesmas
	if a.Area == "" && (len(a.Roles) != 1 || officeAreas[a.Roles[0]] == len(c.Account.Area)) {
		a.Area = c.Account.Area
	}
	row := store.Account{Area: a.Area, Puskesmas: a.Puskesmas}
	for _, role := range a.Roles {
		row.Roles = append(row.Roles, int32(role))
	}
	if !c.Over(&row, access.Place{}).Manage {
		return ErrForbidden
	}
	var err error
	if a.Assigned, err = assignable(a.Assigned, slices.Contains(a.Roles, ksv1.Role_ROLE_SURVEYOR), c.Work); err != nil {
		return err
	}
	if err := a.Check(); err != nil {
		return err
	}
	err = CheckPlace(ctx, snap, a.Roles, a.Area, a.Puskesmas)
	if errors.Is(err, store.ErrNotFound) && a.Area != "" {
		err = &InvalidError{"area", "Wilayah ini tidak ada dalam daftar."}
	}
	return err
}

// lookUpStaff holds new staff against who has an account, and fills in whose form was
// accepted. Of several who have one, the first is told whose account the caller may read:
// who is beside somebody known is told of nobody else. Errors: *PersonKnownError.
func (s *Service) lookUpStaff(ctx context.Context, tx store.Tx, c *access.Caller, list []NewAccount) error {
	hidden := -1
	for i := range list {
		hash, err := NIKHash(s.Vault.Ring(), list[i].NIK)
		if err != nil {
			return err
		}
		if err := tx.Directory().LockPerson(ctx, hash); err != nil {
			return err
		}
		if list[i].Registered, err = s.registered(ctx, tx.Snapshot(), hash, list[i].Puskesmas); err != nil {
			return err
		}
		known, err := tx.Snapshot().AccountsOfPerson(ctx, hash)
		if err != nil {
			return err
		}
		for k := range known {
			if known[k].Disabled || Lapsed(&known[k], s.Now()) {
				continue
			}
			may, err := over(ctx, tx.Snapshot(), c, &known[k])
			switch {
			case err != nil:
				return err
			case may.Read:
				return &PersonKnownError{Field: fmt.Sprintf("staff[%d].nik", i)}
			case hidden < 0:
				hidden = i
			}
		}
	}
	if hidden >= 0 {
		return &PersonKnownError{Field: fmt.Sprintf("staff[%d].nik", hidden)}
	}
	return nil
}

// Assignable holds areas that are to be assigned against an account's roles and the villages
// of its Puskesmas, for who acts without an account, and gives them as they are stored.
// Errors: *InvalidError, store.ErrNotFound for a Puskesmas that is not there.
func Assignable(ctx context.Context, snap store.Snapshot, row *store.Account, areas []string) ([]string, error) {
	var villages []store.Village
	if row.Puskesmas != "" {
		p, err := snap.FindPuskesmas(ctx, row.Puskesmas)
		if err != nil {
			return nil, err
		}
		for _, code := range p.Villages {
			villages = append(villages, store.Village{Code: code})
		}
	}
	return assignable(areas, slices.Contains(row.Roles, int32(ksv1.Role_ROLE_SURVEYOR)), villages)
}

// assignable holds areas against the villages that may be assigned, and gives them in their
// canonical form.
func assignable(areas []string, surveyor bool, villages []store.Village) ([]string, error) {
	wrong := func(problem, text string) ([]string, error) {
		return nil, &InvalidError{"assigned_areas", fmt.Sprintf(problem, text)}
	}
	if len(areas) > 0 && !surveyor {
		return nil, &InvalidError{"assigned_areas", "Wilayah tugas hanya untuk Pembina Keluarga."}
	}
	out := make([]string, 0, len(areas))
	for _, text := range areas {
		code, err := area.Parse(text)
		if err != nil || code.Level() < area.Village {
			return wrong("%q bukan desa, RW, atau RT.", text)
		}
		if slices.Contains(out, code.String()) {
			return wrong("%q tertulis dua kali.", text)
		}
		inside := slices.ContainsFunc(villages, func(v store.Village) bool {
			own, err := area.Parse(v.Code)
			return err == nil && own.Contains(code)
		})
		if !inside {
			return wrong("%q bukan wilayah Puskesmas ini.", text)
		}
		out = append(out, code.String())
	}
	return out, nil
}

// ReissueBy is Reissue for a caller. Errors: store.ErrNotFound, ErrForbidden, *InvalidError
// for a disabled account, whose card could not be used.
func (s *Service) ReissueBy(ctx context.Context, c *access.Caller, number uint32) (issued Issued, fullName string, err error) {
	err = s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		row, err := s.lockOther(ctx, tx, c, number, mayReissue)
		if err != nil {
			return err
		}
		if row.Disabled {
			return &InvalidError{"account", "Akun ini dinonaktifkan, sehingga kode baru tidak dapat dipakai. Aktifkan lagi akunnya, lalu buat kode baru."}
		}
		if fullName, err = OpenFullName(s.Vault, &row); err != nil {
			return err
		}
		issued, err = s.Reissue(ctx, tx, number)
		return err
	})
	return issued, fullName, err
}

// Disable disables an account and ends its sessions and feed tokens. Errors: store.ErrNotFound,
// ErrForbidden; ErrNotKept.
func (s *Service) Disable(ctx context.Context, c *access.Caller, number uint32) error {
	var row store.Account
	err := s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) (err error) {
		if row, err = s.lockOther(ctx, tx, c, number, mayManage); err != nil || row.Disabled {
			return err
		}
		return auth.Disable(ctx, tx, row, s.Now().UnixMilli())
	})
	if err != nil {
		return err
	}
	return s.Keep(LineOf(&row, ledger.Disable))
}

// Enable enables a disabled account. Errors: store.ErrNotFound, ErrForbidden,
// ErrPersonKnown where the person has another one by now; ErrNotKept.
func (s *Service) Enable(ctx context.Context, c *access.Caller, number uint32) error {
	var row store.Account
	err := s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		// A person is locked before the accounts, as registrations do.
		person, err := tx.Snapshot().FindAccount(ctx, number)
		if err != nil {
			return err
		}
		if person.NIKHash != nil {
			if err := tx.Directory().LockPerson(ctx, person.NIKHash); err != nil {
				return err
			}
		}
		if row, err = s.lockOther(ctx, tx, c, number, mayManage); err != nil || !row.Disabled {
			return err
		}
		if row.NIKHash != nil {
			others, err := tx.Snapshot().AccountsOfPerson(ctx, row.NIKHash)
			if err != nil {
				return err
			}
			if err := s.giveWay(ctx, tx, others); err != nil {
				return err
			}
		}
		row.Disabled = false
		if row.Puskesmas != "" {
			if row.Registered, err = s.registered(ctx, tx.Snapshot(), row.NIKHash, row.Puskesmas); err != nil {
				return err
			}
		}
		_, err = tx.Directory().PutAccount(ctx, row)
		return err
	})
	if err != nil {
		return err
	}
	return s.Keep(LineOf(&row, ledger.Enable))
}

// NameActing lets an active account of the caller's Puskesmas act as supervisor
// before an instant; the zero time: no longer. Who may not see families whole, or manages
// accounts, does not get to by this: nobody names themself, and heads and administrators do
// not act. Errors: store.ErrNotFound, ErrForbidden, *InvalidError.
func (s *Service) NameActing(ctx context.Context, c *access.Caller, number uint32, until time.Time) error {
	now := s.Now()
	if !until.IsZero() && (!until.After(now) || until.After(now.Add(MaxActing))) {
		return &InvalidError{"until_ms", "Harus dalam 90 hari ke depan."}
	}
	return s.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		row, err := tx.Directory().LockAccount(ctx, number)
		if err != nil {
			return err
		}
		if row.Puskesmas == "" || row.Puskesmas != c.Account.Puskesmas {
			return store.ErrNotFound
		}
		if !until.IsZero() && (number == c.Account.Number || !access.MayAct(row.Roles)) {
			return ErrForbidden
		}
		if row.Disabled || row.Waiting() {
			return &InvalidError{"account", "Akun ini tidak aktif."}
		}
		row.ActingUntilMS = 0
		if !until.IsZero() {
			row.ActingUntilMS = until.UnixMilli()
		}
		row.ScopeRevision++
		_, err = tx.Directory().PutAccount(ctx, row)
		return err
	})
}
