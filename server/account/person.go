package account

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/shape"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Person is who is behind an account, as the registration form names them.
type Person struct {
	FullName string
	// NIP is the civil servant's number of 18 digits, stored without the blanks between
	// them; "" with NotCivilServant (bukan ASN).
	NIP             string
	NotCivilServant bool
	// NIK has 16 digits.
	NIK                     uint64
	Position, Mobile, Email string
}

// InvalidError: a field of a person or an account is missing or malformed.
type InvalidError struct{ Field, Problem string }

// Error names field and problem.
func (e *InvalidError) Error() string { return e.Field + ": " + e.Problem }

// Check holds a person against the form. Errors: *InvalidError for the first fault.
func (p *Person) Check() error {
	faults := Faults(&ksv1.NomineePerson{
		FullName: p.FullName, Nip: p.NIP, NotCivilServant: p.NotCivilServant, Nik: prokesga.NIK(p.NIK).Text(), Position: p.Position,
		Mobile: p.Mobile, Email: p.Email,
	})
	if i := slices.IndexFunc(faults, func(f Fault) bool { return f.Blocking && !f.mayFollow() }); i >= 0 {
		return &InvalidError{faults[i].Field, faults[i].Problem}
	}
	return nil
}

// mayFollow: an account may be made without position and contacts, which the pages
// ask for and Pusdatin needs to accept the person's form.
func (f *Fault) mayFollow() bool {
	return f.Reason == ksv1.FindingReason_FINDING_REASON_MISSING && slices.Contains([]string{"position", "mobile", "email"}, f.Field)
}

// kindPersonNIK sets the keyed hashes of accounts apart from those of families,
// so that the tables can't be joined on them.
const kindPersonNIK byte = 16

// NIKHash is the keyed hash by which a person's account is found.
func NIKHash(ring *record.Ring, nik uint64) ([]byte, error) {
	hash, err := ring.IdentifierHash(kindPersonNIK, nik)
	return hash[:], err
}

// sealedPerson is a person's payload; the full name lies beside it.
type sealedPerson struct {
	NIP             string `json:"nip,omitempty"`
	NotCivilServant bool   `json:"not_civil_servant,omitempty"`
	NIK             uint64 `json:"nik,omitempty"`
	Position        string `json:"position,omitempty"`
	Mobile          string `json:"mobile,omitempty"`
	Email           string `json:"email,omitempty"`
}

// HashOf is the NIKHash of a sealed person whose plain bytes these are; nil where
// no NIK is known.
func HashOf(ring *record.Ring, plain []byte) ([]byte, error) {
	var s sealedPerson
	if err := json.Unmarshal(plain, &s); err != nil {
		return nil, fmt.Errorf("decode person: %w", err)
	}
	return NIKHash(ring, s.NIK)
}

// Binding binds a payload of an account to it.
func Binding(table, userName string) record.Binding {
	b := record.Binding{Table: table}
	copy(b.ID[:], userName)
	return b
}

const (
	tableFullName = "account.full_name"
	tablePerson   = "account.person"
)

// SealFullName stores a full name in an account whose user name is set, under a
// new salt. Errors: *InvalidError.
func SealFullName(v *ingest.Vault, a *store.Account, name string) error {
	err := checkText("full_name", name)
	if err != nil {
		return err
	}
	if a.Salt, err = v.NewSalt(); err != nil {
		return err
	}
	a.FullName, err = v.Seal(a.Salt, Binding(tableFullName, a.UserName), []byte(name))
	return err
}

// OpenFullName is an account's full name; "" where none was stored.
func OpenFullName(v *ingest.Vault, a *store.Account) (string, error) {
	if len(a.FullName) == 0 {
		return "", nil
	}
	plain, err := v.Open(a.Salt, Binding(tableFullName, a.UserName), a.FullName)
	return shape.Kept(plain), err
}

// sealPerson stores a person in an account whose user name is set.
func sealPerson(v *ingest.Vault, a *store.Account, p *Person) error {
	if err := SealFullName(v, a, p.FullName); err != nil {
		return err
	}
	plain, err := json.Marshal(sealedPerson{p.NIP, p.NotCivilServant, p.NIK, p.Position, p.Mobile, p.Email})
	if err != nil {
		return fmt.Errorf("encode person: %w", err)
	}
	if a.Person, err = v.Seal(a.Salt, Binding(tablePerson, a.UserName), plain); err != nil {
		return err
	}
	a.NIKHash, err = NIKHash(v.Ring(), p.NIK)
	return err
}

// OpenPerson is who is behind an account; for one made by an operator only the
// full name is known.
func OpenPerson(v *ingest.Vault, a *store.Account) (Person, error) {
	var p Person
	var err error
	if p.FullName, err = OpenFullName(v, a); err != nil || len(a.Person) == 0 {
		return p, err
	}
	plain, err := v.Open(a.Salt, Binding(tablePerson, a.UserName), a.Person)
	if err != nil {
		return p, err
	}
	var s sealedPerson
	if err := json.Unmarshal(plain, &s); err != nil {
		return p, fmt.Errorf("decode person of account %d: %w", a.Number, err)
	}
	p.NIP, p.NotCivilServant, p.NIK, p.Position, p.Mobile, p.Email = s.NIP, s.NotCivilServant, s.NIK, s.Position, s.Mobile, s.Email
	return p, nil
}
