package merge

import (
	"strings"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Unite is what goes over from a family into the one that it is the same as:
// members who are not in the kept one, all rounds and all visits, under their
// own ids. Members are the same by NIK, or by name and birth date. Rounds of both
// stand side by side; the latest complete one counts, as always. Errors:
// ErrMalformedID.
func Unite(kept, other *ksv1.Household) ([]RecordEdit, error) {
	same := map[string]string{}
	over := &ksv1.Household{}
	for _, m := range other.GetMembers() {
		same[m.GetMemberId()] = m.GetMemberId()
		if twin := twinOf(kept, m.GetMember()); twin != "" {
			same[m.GetMemberId()] = twin
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
	return Edits(over)
}

func twinOf(h *ksv1.Household, m *ksv1.Member) string {
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
