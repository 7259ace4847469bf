package prokesga

import ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"

// HeadOf is the member (UUID text) who is the head in the latest round from which the
// family did not withdraw, or without one, who bears the head's name; "" where nobody is.
func HeadOf(h *ksv1.Household) string {
	latest, date := (*ksv1.HouseholdRound)(nil), ""
	for _, r := range h.GetRounds() {
		if r.GetRound().GetWithdrawal() != nil {
			continue
		}
		if d := r.GetRound().GetSurveyDate(); latest == nil || d >= date {
			latest, date = r, d
		}
	}
	for _, p := range latest.GetIndividuals() {
		if p.GetIndividual().GetRelation() == ksv1.Relation_RELATION_HEAD {
			return p.GetMemberId()
		}
	}
	for _, m := range h.GetMembers() {
		if name := h.GetFamily().GetHeadName(); name != "" && m.GetMember().GetName() == name {
			return m.GetMemberId()
		}
	}
	return ""
}
