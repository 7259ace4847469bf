package clientsdk

import (
	"context"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/keluarga-sehat/sync/internal/familyview"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// MayReview tells whether the user may judge families, as the server told at the
// last sync; false before the first one.
func (u *User) MayReview(ctx context.Context) (bool, error) { return u.store.MayReview(ctx) }

// ReviewItem is a listed family as the server's review queue gives it, for pages
// that show both. Names of who submitted are not known on a device. Errors:
// ErrNotFound, also where there is no line.
func (u *User) ReviewItem(ctx context.Context, s *Summary) (*ksv1.ReviewItem, error) {
	if s == nil {
		return nil, ErrNotFound
	}
	f, err := u.store.Family(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	v, err := u.reviewView(ctx, f)
	if err != nil {
		return nil, err
	}
	digest := f.Digest()
	item := &ksv1.ReviewItem{
		Family: &ksv1.FamilySummary{
			FamilyId: s.ID.String(), Area: v.Household.GetVillageCode() + "/" + s.Place.String(), HeadName: s.HeadName,
			BuildingNumber: s.BuildingNumber, FamilyNumber: s.FamilyNumber, Members: uint32(len(s.MemberNames)),
			SurveyDate: s.SurveyDate, Conflicts: uint32(s.Conflicts), Review: v.Review.GetState(), Removal: v.Household.GetFamily().GetRemoval().GetReason(),
		},
		Review: v.Review, Digest: digest[:], Findings: familyview.Findings(v.Findings), MayJudge: v.MayJudge,
		Overdue: review.Overdue(v.Review, v.Household.GetVillageCode(), u.store.Now()),
	}
	if s.Values != 0 {
		values, category := s.Values.Of(iks.Inti)
		item.Family.Inti = familyview.Values(values, category)
	}
	return item, nil
}

// ReviewedFamily is what a reviewer needs to judge a family, in the messages of
// the server's pages. Errors: ErrNotFound.
func (u *User) ReviewedFamily(ctx context.Context, id ID) (*ksv1.GetFamilyResponse, *ksv1.GetReviewDifferencesResponse, error) {
	f, err := u.store.Family(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	v, err := u.reviewView(ctx, f)
	if err != nil {
		return nil, nil, err
	}
	digest := f.Digest()
	family := &ksv1.GetFamilyResponse{Household: v.Household, Findings: familyview.Findings(v.Findings), Review: v.Review, Digest: digest[:]}
	family.Index = familyview.Index(family.Household)
	if family.Conflicts, err = familyview.Conflicts(id, &f.State, u.nameOf); err != nil {
		return nil, nil, err
	}
	differences := &ksv1.GetReviewDifferencesResponse{Judged: v.Review.GetVerdictId() != ""}
	for _, c := range v.Review.GetChanges() {
		d, err := changeOf(&f.State, c)
		if err != nil {
			return nil, nil, err
		}
		m, err := familyview.Difference(&d)
		if err != nil {
			return nil, nil, err
		}
		differences.Differences = append(differences.Differences, m)
	}
	return family, differences, nil
}

// nameOf is a user's name: a device knows its own user alone.
func (u *User) nameOf(account uint32) (string, error) {
	if account == u.Account().GetNumber() {
		return u.Account().GetUserName(), nil
	}
	return "", nil
}

// changeOf is what a register was when it was judged, and what it is.
func changeOf(state *merge.State, c *ksv1.ReviewChange) (merge.Difference, error) {
	key, err := keyOf(c)
	d := merge.Difference{Key: key, Field: protowire.Number(c.GetField()), Before: c.GetBefore()}
	if rec := state.Record(key); err == nil && rec != nil {
		if g := rec.Register(d.Field); g != nil {
			d.After = g.Shown().Element
		}
	}
	return d, err
}

// Judgement is a verdict on a state that its author has looked at.
type Judgement struct {
	Family ID
	// Outcome is approved or returned.
	Outcome ksv1.VerdictOutcome
	// Return says why it is returned; not read otherwise.
	Return Return
	// Seen is the digest of the state looked at, as ReviewItem gave it. A family
	// that is another by now is refused with STATE_CHANGED.
	Seen []byte
	// UnlessFindings refuses a family with a finding, as for many at once.
	UnlessFindings bool
}

// Judge passes a verdict, as Approve and Return do, but on the state that was
// looked at. Errors: ErrNotFound, *ReviewError.
func (u *User) Judge(ctx context.Context, j Judgement) (ID, error) {
	d := &ksv1.ReviewDecision{Outcome: j.Outcome, JudgedDigest: j.Seen, UnlessFindings: j.UnlessFindings}
	if j.Outcome == ksv1.VerdictOutcome_VERDICT_OUTCOME_RETURNED {
		return u.giveBack(ctx, j.Family, d, j.Return)
	}
	return u.decide(ctx, j.Family, d)
}
