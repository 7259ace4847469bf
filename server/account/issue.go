package account

import (
	"context"
	"errors"
	"io"
	"math/big"
	"slices"
	"time"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/auth"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Errors of package account; the service layer gives them codes and texts.
var (
	// ErrPersonKnown: the person has an account already that is not disabled.
	ErrPersonKnown = errors.New("the person has an account already")
	// ErrForbidden: not the caller's to do, or not there.
	ErrForbidden = errors.New("not the caller's account to manage")
)

// CodeLifetime is how long a one-time code is good: guides travel on paper, from
// Jakarta to a Puskesmas.
const CodeLifetime = 30 * 24 * time.Hour

var userNumbers = big.NewInt(99_900)

// Service issues and manages accounts. All fields but the functions must be set; safe
// for concurrent use.
type Service struct {
	Store store.Store
	Vault *ingest.Vault
	Auth  *auth.Service
	Now   func() time.Time
	Rand  io.Reader
	// Activated is told of an activation within its transaction; nil: nobody is.
	Activated func(ctx context.Context, tx store.Tx, account uint32) error
	// FormAccepted tells whether the form of a person in a Puskesmas was accepted and
	// is in force; nil: nobody's was.
	FormAccepted func(ctx context.Context, snap store.Snapshot, nikHash []byte, puskesmas string) (bool, error)
	// Ledger is the file in which is kept who was shut out, should the store go back to a
	// backup; "": it is kept nowhere.
	Ledger string
}

// NewAccount is an account to be issued.
type NewAccount struct {
	Person
	// Roles of one level; several in one Puskesmas are possible.
	Roles []ksv1.Role
	// Area of an office: "" the nation, "32", "32.04". Puskesmas of all others.
	Area, Puskesmas string
	// Assigned areas of a surveyor, as paths.
	Assigned []string
	// Registered: the person's form was accepted by Pusdatin, so that Dukcapil
	// look-ups are allowed.
	Registered bool
}

// Issued is an account that waits for its activation. The code is nowhere else:
// it must reach the person, or be issued anew.
type Issued struct {
	Number         uint32
	UserName, Code string
	Expires        time.Time
}

// Issue makes an account that waits for activation, within the caller's
// transaction. The user name is derived from the person's name, lower case,
// unique nationwide, never a number of the person. Errors: *InvalidError,
// ErrPersonKnown, store.ErrNotFound for an unknown Puskesmas.
func (s *Service) Issue(ctx context.Context, tx store.Tx, a NewAccount) (Issued, error) {
	if err := a.Check(); err != nil {
		return Issued{}, err
	}
	if nip, err := prokesga.ParseNIP(a.NIP); err == nil {
		a.NIP = nip.Text()
	}
	if err := CheckPlace(ctx, tx.Snapshot(), a.Roles, a.Area, a.Puskesmas); err != nil {
		return Issued{}, err
	}
	hash, err := NIKHash(s.Vault.Ring(), a.NIK)
	if err != nil {
		return Issued{}, err
	}
	if err := tx.Directory().LockPerson(ctx, hash); err != nil {
		return Issued{}, err
	}
	known, err := tx.Snapshot().AccountsOfPerson(ctx, hash)
	if err != nil {
		return Issued{}, err
	}
	if err := s.giveWay(ctx, tx, known); err != nil {
		return Issued{}, err
	}
	code, err := newCode(s.Rand)
	if err != nil {
		return Issued{}, err
	}
	now := s.Now()
	row := store.Account{
		Area: a.Area, Puskesmas: a.Puskesmas, Assigned: a.Assigned, ScopeRevision: 1, Registered: a.Registered,
		CodeExpiresMS: now.Add(CodeLifetime).UnixMilli(), CreatedMS: now.UnixMilli(),
	}
	for _, role := range a.Roles {
		row.Roles = append(row.Roles, int32(role))
	}
	err = s.add(ctx, tx, baseName(a.FullName), &row, func() error {
		row.CodeHash = hashCode(row.UserName, code)
		return sealPerson(s.Vault, &row, &a.Person)
	})
	return Issued{Number: row.Number, UserName: row.UserName, Code: code, Expires: time.UnixMilli(row.CodeExpiresMS)}, err
}

// Lapsed tells whether an account was never activated, and its code can't be used any more:
// it stands in nobody's way.
func Lapsed(a *store.Account, now time.Time) bool {
	return a.Waiting() && a.ActivatedMS == 0 && a.UsedMS == 0 && a.CodeExpiresMS > 0 && a.CodeExpiresMS <= now.UnixMilli()
}

// giveWay disables those of a person's accounts that have lapsed, so that the person has one
// alone. Errors: ErrPersonKnown where one is in use, or may be still.
func (s *Service) giveWay(ctx context.Context, tx store.Tx, known []store.Account) error {
	now := s.Now()
	if slices.ContainsFunc(known, func(k store.Account) bool { return !k.Disabled && !Lapsed(&k, now) }) {
		return ErrPersonKnown
	}
	for _, k := range known {
		if k.Disabled {
			continue
		}
		row, err := tx.Directory().LockAccount(ctx, k.Number)
		if err != nil {
			return err
		}
		if !row.Disabled && !Lapsed(&row, now) {
			return ErrPersonKnown
		}
		audit.Of(ctx).Subject(audit.AccountSubject(row.Number))
		if err := auth.Disable(ctx, tx, row, now.UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

// registered tells whether a person's account in a Puskesmas may look up: only by
// a form that was accepted, whatever anybody says.
func (s *Service) registered(ctx context.Context, snap store.Snapshot, nikHash []byte, puskesmas string) (bool, error) {
	if s.FormAccepted == nil || nikHash == nil || puskesmas == "" {
		return false, nil
	}
	return s.FormAccepted(ctx, snap, nikHash, puskesmas)
}

// Reissue gives an account a new one-time code in place of its password and of
// the code before, and ends every session and feed token. Errors: store.ErrNotFound.
func (s *Service) Reissue(ctx context.Context, tx store.Tx, number uint32) (Issued, error) {
	row, err := tx.Snapshot().FindAccount(ctx, number)
	if err != nil {
		return Issued{}, err
	}
	code, err := newCode(s.Rand)
	if err != nil {
		return Issued{}, err
	}
	row.Password, row.CodeHash, row.CodeFailures = "", hashCode(row.UserName, code), 0
	row.CodeExpiresMS = s.Now().Add(CodeLifetime).UnixMilli()
	if _, err := tx.Directory().PutAccount(ctx, row); err != nil {
		return Issued{}, err
	}
	err = auth.EndAll(ctx, tx, auth.Ending{Account: number, Why: store.EndPassword, AtMS: s.Now().UnixMilli()})
	return Issued{Number: number, UserName: row.UserName, Code: code, Expires: time.UnixMilli(row.CodeExpiresMS)}, err
}

// CheckPlace holds an account's roles against its area, "" the nation, "32" or "32.04",
// and its Puskesmas. Errors: *InvalidError, store.ErrNotFound.
func CheckPlace(ctx context.Context, snap store.Snapshot, roles []ksv1.Role, area, puskesmas string) error {
	if len(roles) == 0 {
		return &InvalidError{"roles", "Pilih paling sedikit satu peran."}
	}
	for i, role := range roles {
		length, office := officeAreas[role]
		_, known := ksv1.Role_name[int32(role)]
		switch {
		case !known || role == ksv1.Role_ROLE_UNSPECIFIED:
			return &InvalidError{"roles", "Peran ini tidak dikenal."}
		case slices.Contains(roles[:i], role):
			return &InvalidError{"roles", "Peran ini tertulis dua kali."}
		case office && len(roles) > 1:
			return &InvalidError{"roles", "Akun kantor memiliki satu peran saja."}
		case office && (puskesmas != "" || len(area) != length):
			return &InvalidError{"area", "Wilayah tidak sesuai dengan tingkat peran."}
		case !office && (puskesmas == "" || area != ""):
			return &InvalidError{"puskesmas_code", "Isi Puskesmas, tanpa wilayah."}
		}
	}
	if puskesmas == "" {
		if area == "" {
			return nil
		}
		_, err := snap.FindArea(ctx, area)
		return err
	}
	_, err := snap.FindPuskesmas(ctx, puskesmas)
	return err
}

// officeAreas are the roles above the Puskesmas with the length of their areas'
// codes.
var officeAreas = map[ksv1.Role]int{ksv1.Role_ROLE_NATIONAL: 0, ksv1.Role_ROLE_PROVINCE: 2, ksv1.Role_ROLE_DISTRICT: 5}
