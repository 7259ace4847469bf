package merge

import (
	"slices"
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
	filled := map[string]bool{}
	back := blanks(RecordEdit{Key: Key{Kind: KindFamily}}, kept.GetFamily(), other.GetFamily(), unitedFamily)
	for _, m := range other.GetMembers() {
		same[m.GetMemberId()] = m.GetMemberId()
		twin := twinOf(kept, m.GetMember())
		if twin == "" {
			over.Members = append(over.Members, proto.CloneOf(m))
			continue
		}
		same[m.GetMemberId()] = twin
		// Of somebody entered several times there the first one fills what is open.
		if edits := ofTwin(kept, other, m, twin); len(edits) > 0 && !filled[twin] {
			back, filled[twin] = append(back, edits...), true
		}
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

// ofTwin is what becomes of a member of the kept family who is also in the other: nothing
// of who was erased, or was removed there as not the person.
func ofTwin(kept, other *ksv1.Household, m *ksv1.HouseholdMember, twin string) []RecordEdit {
	id, err := ParseID(twin)
	if err != nil {
		return nil
	}
	known := memberOf(kept, id)
	if known.GetRemoval().GetReason() == ksv1.RemovalReason_REMOVAL_REASON_ERASED {
		return nil
	}
	e := RecordEdit{Key: Key{Kind: KindMember, Member: id}}
	if m.GetMember().GetRemoval() != nil {
		return nil
	}
	if known.GetMovedToFamilyId() == other.GetFamilyId() {
		// Had left the kept family for the other.
		e.Clear = []protowire.Number{memberRemovalField, movedToField}
	}
	return blanks(e, known, m.GetMember(), unitedMember)
}

// What the kept record gets of the other where it has nothing. In a group of fields the first
// is what counts: of two groups the one that has it, else the one that is there.
var (
	unitedFamily = [][]protoreflect.Name{{"nkk", "nkk_provisional", "nkk_status"}, {"address"}, {"head_name"}}
	unitedMember = [][]protoreflect.Name{{"nik", "nik_provisional", "nik_status"}, {"sex"}, {"birth_date", "stated_age"}}
)

// blanks adds to an edit of the kept record what only the other one tells; none where the
// edit is of nothing.
func blanks(e RecordEdit, kept, other proto.Message, groups [][]protoreflect.Name) []RecordEdit {
	to, from := kept.ProtoReflect(), other.ProtoReflect()
	fields := to.Descriptor().Fields()
	set := from.New()
	some := len(e.Clear) > 0
	for _, group := range groups {
		has := func(m protoreflect.Message) bool {
			return slices.ContainsFunc(group, func(name protoreflect.Name) bool { return m.Has(fields.ByName(name)) })
		}
		counts := fields.ByName(group[0])
		if to.Has(counts) || !from.Has(counts) && (has(to) || !has(from)) {
			continue
		}
		for _, name := range group {
			switch field := fields.ByName(name); {
			case from.Has(field):
				set.Set(field, from.Get(field))
			case to.Has(field):
				e.Clear = append(e.Clear, field.Number())
			}
		}
		some = true
	}
	if !some {
		return nil
	}
	e.Set = set.Interface()
	return []RecordEdit{e}
}

// Rest is what of a family another does not have yet: without the members, rounds and visits
// that went over before.
func Rest(of, has *ksv1.Household) *ksv1.Household {
	known := map[string]bool{}
	for _, m := range has.GetMembers() {
		known[m.GetMemberId()] = true
	}
	for _, r := range has.GetRounds() {
		known[r.GetRoundId()] = true
	}
	for _, v := range has.GetVisits() {
		known[v.GetVisitId()] = true
	}
	return &ksv1.Household{
		FamilyId: of.GetFamilyId(), Family: of.GetFamily(),
		Members: slices.DeleteFunc(slices.Clone(of.GetMembers()), func(m *ksv1.HouseholdMember) bool { return known[m.GetMemberId()] }),
		Rounds:  slices.DeleteFunc(slices.Clone(of.GetRounds()), func(r *ksv1.HouseholdRound) bool { return known[r.GetRoundId()] }),
		Visits:  slices.DeleteFunc(slices.Clone(of.GetVisits()), func(v *ksv1.HouseholdVisit) bool { return known[v.GetVisitId()] }),
	}
}

// StandAgain takes the removal of a family back.
func StandAgain() RecordEdit {
	return RecordEdit{Key: Key{Kind: KindFamily}, Set: &ksv1.Family{}, Clear: []protowire.Number{familyRemovalField}}
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
