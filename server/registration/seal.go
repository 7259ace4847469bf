package registration

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/shape"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/account"
	"github.com/keluarga-sehat/sync/server/store"
)

// Tables that sealed payloads are bound to.
const (
	tableLetter  = "registration.letter"
	tableNominee = "registration.nominee"
	tableNote    = "registration.note"
	tableFile    = "registration.file"
)

// Binding binds a payload to its table and registration; what, such as a file's
// name, goes in where several payloads of a registration must not be swapped.
func Binding(table string, registration uint32, what string) record.Binding {
	b := record.Binding{Table: table, Extra: uint64(registration)}
	if what != "" {
		h := sha256.Sum256([]byte(what))
		copy(b.ID[:], h[:])
	}
	return b
}

func (s *Service) sealMessage(r *store.Registration, bind record.Binding, m proto.Message) ([]byte, error) {
	plain, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", bind.Table, err)
	}
	return s.Vault.Seal(r.Salt, bind, plain)
}

func (s *Service) openMessage(r *store.Registration, bind record.Binding, sealed []byte, m proto.Message) error {
	plain, err := s.Vault.Open(r.Salt, bind, sealed)
	if err != nil {
		return fmt.Errorf("open %s of registration %d: %w", bind.Table, r.Number, err)
	}
	return proto.Unmarshal(plain, m)
}

// maxNote bounds a note or reason, characters, as the contract does.
const maxNote = 1000

func (s *Service) sealNote(r *store.Registration, note string) ([]byte, error) {
	if note = strings.TrimSpace(note); note == "" {
		return nil, nil
	}
	switch {
	case utf8.RuneCountInString(note) > maxNote:
		return nil, &InvalidError{"note", fmt.Sprintf("lebih dari %d huruf", maxNote)}
	case !shape.IsText(note):
		return nil, &InvalidError{"note", "hapus tanda yang tidak terbaca"}
	}
	return s.Vault.Seal(r.Salt, Binding(tableNote, r.Number, ""), []byte(note))
}

func (s *Service) openNote(r *store.Registration, sealed []byte) (string, error) {
	if sealed == nil {
		return "", nil
	}
	plain, err := s.Vault.Open(r.Salt, Binding(tableNote, r.Number, ""), sealed)
	return shape.Kept(plain), err
}

// letterOf is the letter of a registration; nil: there is none.
func (s *Service) letterOf(r *store.Registration) (*ksv1.RegistrationLetter, error) {
	if r.Letter == nil {
		return nil, nil
	}
	m := &ksv1.RegistrationLetter{}
	return m, s.openMessage(r, Binding(tableLetter, r.Number, ""), r.Letter, m)
}

// PlaceOf names a nominee's place, for Binding.
func PlaceOf(puskesmas string, role, position, replaces int64) string {
	return fmt.Sprintf("%s/%d/%d/%d", puskesmas, role, position, replaces)
}

// personBinding keeps a person in the Puskesmas and the place for which they were
// nominated.
func personBinding(n *store.Nominee) record.Binding {
	return Binding(tableNominee, n.Registration, fmt.Sprintf("%s/%d/%d/%d", n.Puskesmas, n.Role, n.Position, n.Replaces))
}

// PersonOf is who a nominee is.
func (s *Service) PersonOf(r *store.Registration, n *store.Nominee) (*ksv1.NomineePerson, error) {
	m := &ksv1.NomineePerson{}
	return m, s.openMessage(r, personBinding(n), n.Payload, m)
}

// Kinds set the keyed hashes of registrations apart from those of families and
// from each other; a NIK's is that of accounts, which nominees become.
const (
	kindMobile byte = 17
	kindEmail  byte = 18
	kindLetter byte = 19
)

// textHash is a keyed hash of a text without regard to case and blanks.
func textHash(ring *record.Ring, kind byte, text string) ([]byte, error) {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.Join(strings.Fields(text), " "))))
	hash, err := ring.IdentifierHash(kind, binary.BigEndian.Uint64(sum[:8]))
	return hash[:], err
}

// letterHash is nil for a letter without a number.
func letterHash(ring *record.Ring, number string) ([]byte, error) {
	if number == "" {
		return nil, nil
	}
	return textHash(ring, kindLetter, number)
}

// nikHash is nil for text that is no NIK.
func nikHash(ring *record.Ring, text string) ([]byte, error) {
	nik, err := prokesga.ParseNIK(text)
	if err != nil {
		return nil, nil
	}
	return account.NIKHash(ring, uint64(nik))
}

// mobileHash is nil for text that is no telephone number.
func mobileHash(ring *record.Ring, text string) ([]byte, error) {
	normal, err := prokesga.NormalizePhone(text)
	if err != nil {
		return nil, nil
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(normal, "+"), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("hash mobile number: %w", err)
	}
	hash, err := ring.IdentifierHash(kindMobile, n)
	return hash[:], err
}

func emailHash(ring *record.Ring, text string) ([]byte, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	return textHash(ring, kindEmail, text)
}

// personHashes are those by which a person is found.
func personHashes(ring *record.Ring, p *ksv1.NomineePerson) (nik, mobile, email []byte, err error) {
	if nik, err = nikHash(ring, p.GetNik()); err != nil {
		return nil, nil, nil, err
	}
	if mobile, err = mobileHash(ring, p.GetMobile()); err != nil {
		return nil, nil, nil, err
	}
	email, err = emailHash(ring, p.GetEmail())
	return nik, mobile, email, err
}

// NomineeHashes are the keyed hashes nik_hash, mobile_hash and email_hash of a
// nominee whose plain payload this is.
func NomineeHashes(ring *record.Ring, plain []byte) ([][]byte, error) {
	p := &ksv1.NomineePerson{}
	if err := proto.Unmarshal(plain, p); err != nil {
		return nil, fmt.Errorf("decode nominee: %w", err)
	}
	nik, mobile, email, err := personHashes(ring, p)
	return [][]byte{nik, mobile, email}, err
}

// LetterHashes is the keyed hash letter_hash of a letter whose plain bytes these
// are.
func LetterHashes(ring *record.Ring, plain []byte) ([][]byte, error) {
	l := &ksv1.RegistrationLetter{}
	if err := proto.Unmarshal(plain, l); err != nil {
		return nil, fmt.Errorf("decode letter: %w", err)
	}
	hash, err := letterHash(ring, l.GetNumber())
	return [][]byte{hash}, err
}

// sealNominee puts a person, tidied, into a row whose registration, Puskesmas,
// role and place are set.
func (s *Service) sealNominee(r *store.Registration, n *store.Nominee, p *ksv1.NomineePerson) (err error) {
	p = tidy(p)
	p.Role = ksv1.Role(n.Role)
	if n.Payload, err = s.sealMessage(r, personBinding(n), p); err != nil {
		return err
	}
	n.NIKHash, n.MobileHash, n.EmailHash, err = personHashes(s.Vault.Ring(), p)
	return err
}

// tidy brings a person's texts into their one form where they have one, and
// leaves them as they are where they don't.
func tidy(p *ksv1.NomineePerson) *ksv1.NomineePerson {
	out := &ksv1.NomineePerson{
		Role: p.GetRole(), FullName: strings.Join(strings.Fields(p.GetFullName()), " "), Nip: strings.TrimSpace(p.GetNip()),
		NotCivilServant: p.GetNotCivilServant(), Nik: strings.TrimSpace(p.GetNik()), Position: strings.Join(strings.Fields(p.GetPosition()), " "),
		Mobile: strings.TrimSpace(p.GetMobile()), Email: strings.TrimSpace(p.GetEmail()),
	}
	if nip, err := prokesga.ParseNIP(out.GetNip()); err == nil {
		out.Nip = nip.Text()
	}
	if mobile, err := prokesga.NormalizePhone(out.GetMobile()); err == nil {
		out.Mobile = mobile
	}
	return out
}
