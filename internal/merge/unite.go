package merge

import (
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Unite is what goes over from a family into the one that it is the same as:
// members who are not in the kept one, all rounds and all visits, under their
// own ids, and what the other tells of the family and its members that the kept one
// leaves open. Members are the same by NIK, or by name and birth date, or because one
// had split off from the kept family to the other: that person is a member there
// again. Rounds of both stand side by side; the latest complete one counts, as
// always. Errors: ErrMalformedID.
func Unite(kept, other *ksv1.Household) ([]RecordEdit, error) {
	same := map[string]string{}
	over := &ksv1.Household{}
	back := blanks(Key{Kind: KindFamily}, kept.GetFamily(), other.GetFamily(), unitedFamily)
	for _, m := range other.GetMembers() {
		same[m.GetMemberId()] = m.GetMemberId()
		if twin := twinOf(kept, m.GetMember()); twin != "" {
			same[m.GetMemberId()] = twin
			back = append(back, returned(kept, other, m, twin)...)
			if id, err := ParseID(twin); err == nil {
				back = append(back, blanks(Key{Kind: KindMember, Member: id}, memberOf(kept, id), m.GetMember(), unitedMember)...)
			}
			continue
		}
		over.Members = append(over.Members, proto.CloneOf(m))
	}
	renamed := func(id *string) *string {
		if id == nil || same[*id] == "" {
			return id
		}
		return proto.String(same[*id])
	}
	for _, m := range over.Members {
		m.Member.MotherId = renamed(m.Member.MotherId)
	}
	for _, r := range other.GetRounds() {
		round := &ksv1.HouseholdRound{RoundId: r.GetRoundId(), Round: r.GetRound()}
		met := map[string]bool{}
		for _, x := range r.GetIndividuals() {
			id := x.GetMemberId()
			if same[id] != "" {
				id = same[id]
			}
			if met[id] {
				id = x.GetMemberId() // two entries of one person: both stay
			}
			met[id] = true
			part := proto.CloneOf(x.GetIndividual())
			part.SpouseId = renamed(part.SpouseId)
			round.Individuals = append(round.Individuals, &ksv1.HouseholdIndividual{MemberId: id, Individual: part})
		}
		over.Rounds = append(over.Rounds, round)
	}
	over.Visits = other.GetVisits()
	edits, err := Edits(over)
	return append(back, edits...), err
}

// What the kept record gets of the other where it has nothing: groups of fields, each as a
// whole or not at all.
var (
	unitedFamily = [][]protoreflect.Name{{"nkk", "nkk_status"}, {"nkk_provisional"}, {"address"}, {"head_name"}}
	unitedMember = [][]protoreflect.Name{{"nik", "nik_status"}, {"nik_provisional"}, {"sex"}, {"birth_date"}, {"stated_age"}}
)

// blanks writes to the kept record what only the other one tells.
func blanks(key Key, kept, other proto.Message, groups [][]protoreflect.Name) []RecordEdit {
	to, from := kept.ProtoReflect(), other.ProtoReflect()
	set := from.New()
	some := false
	for _, group := range groups {
		open := true
		for _, name := range group {
			open = open && !to.Has(to.Descriptor().Fields().ByName(name))
		}
		for _, name := range group {
			if field := from.Descriptor().Fields().ByName(name); open && from.Has(field) {
				set.Set(field, from.Get(field))
				some = true
			}
		}
	}
	if !some {
		return nil
	}
	return []RecordEdit{{Key: key, Set: set.Interface()}}
}

// StandAgain takes the removal of a family back.
func StandAgain() RecordEdit {
	return RecordEdit{Key: Key{Kind: KindFamily}, Set: &ksv1.Family{}, Clear: []protowire.Number{familyRemovalField}}
}

// returned takes back that somebody had left the kept family for the other,
// unless they have left that one too.
func returned(kept, other *ksv1.Household, m *ksv1.HouseholdMember, twin string) []RecordEdit {
	for _, o := range kept.GetMembers() {
		if o.GetMemberId() != twin || o.GetMember().GetMovedToFamilyId() != other.GetFamilyId() || m.GetMember().GetRemoval() != nil {
			continue
		}
		if id, err := ParseID(twin); err == nil {
			return []RecordEdit{{Key: Key{Kind: KindMember, Member: id}, Clear: []protowire.Number{memberRemovalField, movedToField}}}
		}
	}
	return nil
}

func twinOf(h *ksv1.Household, m *ksv1.Member) string {
	for _, o := range h.GetMembers() {
		if o.GetMemberId() == m.GetFormerMemberId() {
			return o.GetMemberId()
		}
	}
	for _, o := range h.GetMembers() {
		known := o.GetMember()
		byNIK := m.GetNik() != 0 && known.GetNik() == m.GetNik()
		byName := m.GetBirthDate() != "" && known.GetBirthDate() == m.GetBirthDate() && m.GetName() != "" &&
			strings.EqualFold(strings.TrimSpace(known.GetName()), strings.TrimSpace(m.GetName()))
		if byNIK || byName && (m.GetNik() == 0 || known.GetNik() == 0) {
			return o.GetMemberId()
		}
	}
	return ""
}
