package clientsdk

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// NotEntered is a person of the card whom it did not make a member.
type NotEntered struct {
	// Name as on the card; "": the registry has no record that can be used.
	Name string
	// Reason in Indonesian.
	Reason string
}

// What the surveyor is told of who is not entered.
const (
	messageNotAll = "Tidak semua orang pada kartu ini dimasukkan. Baca alasannya; siapa yang memang tinggal di rumah ini, isilah secara manual."
	reasonRemoved = "Sudah dikeluarkan dari keluarga ini."
	reasonNoUse   = "Catatannya di Dukcapil tidak dapat dipakai: NIK atau namanya tidak ada, NIK-nya sama dengan orang lain, atau tidak berlaku lagi."
)

// cardEntry enters a card into a family.
type cardEntry struct {
	user *User
	nkk  prokesga.NKK
	card *ksv1.LookUpFamilyCardResponse
	// refused is why the family can't be saved with a person, by NIK.
	refused map[uint64]string
	// filled and members (whose NIK each member gets, by id) are of the last try.
	filled  *Filled
	members map[string]uint64
}

// enter saves the family with everybody of the card with whom it can be saved: who is
// refused is left out, one try for each at most. Errors: as Save.
func (e *cardEntry) enter(ctx context.Context, id ID) (*Filled, error) {
	for {
		_, err := e.user.saveIn(ctx, id, 0, e.edits)
		if err == nil {
			return e.filled, nil
		}
		var invalid *ValidationError
		if !errors.As(err, &invalid) || !e.leaveOut(invalid) {
			return nil, err
		}
	}
}

// leaveOut notes whom a refused try named; false: nobody of the card.
func (e *cardEntry) leaveOut(invalid *ValidationError) bool {
	named := false
	for _, f := range invalid.Findings {
		if nik, ours := e.members[f.MemberID]; ours {
			e.refused[nik], named = f.Message, true
		}
	}
	return named
}

// edits are what the card says of the family as it stands when it is saved, which another
// look-up may have filled since it was asked for.
func (e *cardEntry) edits(d *device.Draft) ([]Edit, error) {
	family, err := merge.View(&d.Family.State)
	if err != nil {
		return nil, err
	}
	e.filled, e.members = &Filled{Outcome: FillDone}, map[string]uint64{}
	edits := []Edit{{Key: Key{Kind: KindFamily}, Set: &ksv1.Family{
		Nkk: proto.Uint64(uint64(e.nkk)), NkkStatus: ksv1.IdentifierStatus_IDENTIFIER_STATUS_VERIFIED.Enum(),
	}}}
	for _, p := range e.card.GetPersons() {
		known, memberID := findMember(family, p)
		reason, refused := e.refused[p.GetNik()]
		if known.GetRemoval() != nil {
			reason, refused = reasonRemoved, true
		}
		if refused {
			e.notEntered(p.GetName(), reason)
			continue
		}
		edits = append(edits, e.member(d, p, known, memberID))
	}
	for range e.card.GetLeftOut() {
		e.notEntered("", reasonNoUse)
	}
	return edits, nil
}

func (e *cardEntry) notEntered(name, reason string) {
	e.filled.NotEntered = append(e.filled.NotEntered, NotEntered{Name: name, Reason: reason})
	e.filled.Message = messageNotAll
}

// member makes a person a new member, or verifies the one that is known.
func (e *cardEntry) member(d *device.Draft, p *ksv1.RegistryPerson, known *ksv1.Member, id ID) Edit {
	set := &ksv1.Member{Nik: proto.Uint64(p.GetNik()), NikStatus: ksv1.IdentifierStatus_IDENTIFIER_STATUS_VERIFIED.Enum()}
	if known == nil {
		id = d.NewID()
		set.Name, set.Sex, set.BirthDate = proto.String(p.GetName()), p.Sex, p.BirthDate
	} else {
		known.Nik = set.Nik // so that nobody else of the card is taken for the same member
	}
	e.members[id.String()] = p.GetNik()
	e.filled.Members = append(e.filled.Members, FilledMember{ID: id, Added: known == nil, Part: &ksv1.Individual{
		Present: proto.Bool(true), Relation: p.Relation, MaritalStatus: p.MaritalStatus,
	}})
	return Edit{Key: Key{Kind: KindMember, Member: id}, Set: set}
}

// findMember finds a person among a family's members, those who stand before those who were
// removed; nil: not there.
func findMember(family *ksv1.Household, p *ksv1.RegistryPerson) (found *ksv1.Member, id ID) {
	closest := 0
	for _, m := range family.GetMembers() {
		n := likeness(m.GetMember(), p)
		if n <= closest {
			continue
		}
		if parsed, err := merge.ParseID(m.GetMemberId()); err == nil {
			closest, found, id = n, m.GetMember(), parsed
		}
	}
	return found, id
}

// likeness is how surely a member is a person, 0 for another: by NIK, or without one by name
// and birth date. Who stands comes first: somebody entered twice is removed once.
func likeness(m *ksv1.Member, p *ksv1.RegistryPerson) int {
	alike := 0
	switch {
	case m.GetNik() != 0 && m.GetNik() == p.GetNik():
		alike = 2
	case m.GetNik() == 0 && m.GetBirthDate() != "" && m.GetBirthDate() == p.GetBirthDate() && spelled(m.GetName()) == spelled(p.GetName()):
		alike = 1
	}
	if alike > 0 && m.GetRemoval() == nil {
		alike += 2
	}
	return alike
}

// spelled is a name as it is compared: without capitals, one blank between its words.
func spelled(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }
