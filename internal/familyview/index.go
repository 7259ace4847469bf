package familyview

import (
	"slices"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// HideWithdrawn takes the rounds out from which the family withdrew: they are
// shown to nobody.
func HideWithdrawn(h *ksv1.Household) {
	h.Rounds = slices.DeleteFunc(h.Rounds, func(r *ksv1.HouseholdRound) bool { return r.GetRound().GetWithdrawal() != nil })
}

// Index is a family's index with reasons, inti and besar side by side, each with the
// round that it is of; without a round that counts, the ruleset alone.
func Index(h *ksv1.Household) *ksv1.FamilyIndex {
	out := &ksv1.FamilyIndex{Ruleset: iks.Ruleset}
	a := iks.Assess(h, iks.AnyYear)
	if !a.Counts() {
		return out
	}
	out.RoundId, out.SurveyDate = h.GetRounds()[a.Inti.Round].GetRoundId(), a.Inti.SurveyDate.String()
	out.BesarRoundId, out.BesarSurveyDate = h.GetRounds()[a.Besar.Round].GetRoundId(), a.Besar.SurveyDate.String()
	out.Inti, out.Besar = explained(h, a.Inti, iks.Inti), explained(h, a.Besar, iks.Besar)
	return out
}

func explained(h *ksv1.Household, o iks.Outcome, basis iks.Basis) *ksv1.IndexValues {
	out := Values(o.Values, o.Category)
	for _, e := range iks.Explain(h, h.GetRounds()[o.Round], basis) {
		reason := &ksv1.IndexReason{Indicator: uint32(e.Indicator), MemberId: e.MemberID, Question: string(e.Question)}
		if text, ok := e.AnswerText(); ok {
			reason.Answer = &text
		}
		out.Reasons = append(out.Reasons, reason)
	}
	return out
}

// Values are twelve values with their category, and the index where they are
// complete; without reasons.
func Values(values iks.Values, category iks.Category) *ksv1.IndexValues {
	out := &ksv1.IndexValues{Values: values.String(), Category: ksv1.Category(category)}
	if category.Complete() {
		index := values.Index()
		y, d, text := uint32(index.Y), uint32(index.D), index.IKS3()
		out.Y, out.D, out.Iks = &y, &d, &text
	}
	return out
}

// Findings are what checks noticed.
func Findings(list []prokesga.Finding) []*ksv1.Finding {
	var out []*ksv1.Finding
	for _, f := range list {
		out = append(out, &ksv1.Finding{
			Severity: ksv1.FindingSeverity(f.Severity), Code: f.Code.String(), RoundId: f.RecordID, MemberId: f.MemberID,
			Question: string(f.Question), Message: f.Message,
		})
	}
	return out
}
