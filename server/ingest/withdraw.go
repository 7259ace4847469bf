package ingest

import (
	"bytes"
	"slices"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// withdrawApproved has the family's withdrawals act on what was approved of it, too: a round
// from which it withdrew counts on no basis, and that waits for no verdict. What was approved
// is kept beside as what the last verdict judged, and counts again where a withdrawal is
// taken back before the next.
func (w *work) withdrawApproved(f *familyWork, household *ksv1.Household) error {
	// Whether the state judged last is the one that was approved.
	altered := f.row.JudgedPayload != nil && f.review.GetOutcome() == ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED
	if f.row.ApprovedPayload == nil || !altered && !slices.ContainsFunc(household.GetRounds(), withdrew) {
		return nil
	}
	counted, err := w.core.Vault.OpenApproved(&f.row)
	if err != nil {
		return err
	}
	approved := counted
	if altered {
		if approved, err = w.core.Vault.OpenJudged(&f.row); err != nil {
			return err
		}
	}
	after, withdrawn := approved.WithdrawnSince(f.joined())
	if bytes.Equal(after.Encode(nil), counted.Encode(nil)) {
		return nil
	}
	switch {
	case !withdrawn:
		f.row.JudgedPayload = nil
	case f.row.JudgedPayload == nil:
		if f.row.JudgedPayload, err = w.sealBeside(f, tableJudged, approved); err != nil {
			return err
		}
	}
	if f.row.ApprovedPayload, err = w.sealBeside(f, tableApproved, &after); err != nil {
		return err
	}
	return w.countApproved(f, household, &after)
}

func withdrew(r *ksv1.HouseholdRound) bool { return r.GetRound().GetWithdrawal() != nil }

// countApproved sets what the family counts with on the verified basis.
func (w *work) countApproved(f *familyWork, household *ksv1.Household, approved *merge.State) error {
	provisional, err := w.provisionalYears(&f.row, household)
	if err != nil {
		return err
	}
	var verified iks.FamilyYears
	if f.row.Verified, verified, err = ValuesOf(approved); err != nil {
		return err
	}
	f.row.SetYears(iks.Both(provisional, verified))
	return nil
}

// sealBeside seals a state of a family that is kept beside the current one.
func (w *work) sealBeside(f *familyWork, table string, state *merge.State) ([]byte, error) {
	canonical := state.Encode(nil)
	return w.core.Vault.sealState(&f.row, table, withDigest(w.digester.Family(canonical), canonical))
}
