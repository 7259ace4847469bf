package clientsdk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// DuplicateState is where a double stands.
type DuplicateState = ksv1.DuplicateState

// Duplicate is a double as this device knows it: two families of the Puskesmas
// that share an identifier, or a family that shares some with families of other
// Puskesmas, of which nothing is known but their number.
type Duplicate struct {
	Family ID
	// Other is the other family; zero where they lie in other Puskesmas.
	Other ID
	// Elsewhere is how many families of other Puskesmas share it.
	Elsewhere int
	// Shared are the identifiers, No. KK first.
	Shared []*ksv1.SharedIdentifier
	State  DuplicateState
	// CaseNumbers are those of the district's cases, where it stands there.
	CaseNumbers []string
	// ClosesFamily: the answer MovedAway closes the family as a whole, else the
	// members alone whose NIK is shared.
	ClosesFamily bool
	// History are the decisions that concern it, newest first.
	History []*ksv1.DuplicateRecord

	tokens [][]byte
}

// DuplicateAnswer is what a supervisor says of the own family where it is also
// recorded in another Puskesmas.
type DuplicateAnswer = ksv1.DuplicateAction

// The answers. A family is closed by MovedAway once the server has it; the last
// of those that share the identifiers stays.
const (
	LivesHere = review.LivesHere
	MovedAway = review.Moved
	NotKnown  = review.Unknown
)

// Duplicates lists the doubles of the families that the query lets through, by
// family, dismissed ones too; without network, as of the last sync. Errors: ErrClosed, the
// context's.
func (u *User) Duplicates(ctx context.Context, q Query) ([]Duplicate, error) {
	asked := q.Keep
	q.Offset, q.Limit = 0, maxReviewed
	q.Keep = func(s *Summary) bool { return s.Doubles != 0 && (asked == nil || asked(s)) }
	families, _ := u.Families(q)
	if u.store.Closed() { // when lists are empty
		return nil, ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var out []Duplicate
	for i := range families {
		found, err := u.DuplicatesOf(ctx, families[i].ID)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// DuplicatesOf are the doubles that are decided at a family: all in other
// Puskesmas as one, and within the own those with families of higher id. Errors:
// ErrNotFound.
func (u *User) DuplicatesOf(ctx context.Context, id ID) ([]Duplicate, error) {
	f, err := u.store.Family(ctx, id)
	if err != nil {
		return nil, err
	}
	own, at := f.Review.GetDuplicates(), -1
	var out []Duplicate
	for _, double := range own.GetDoubles() {
		if !review.DecidedAt(id.String(), double) {
			continue
		}
		d := Duplicate{Family: id, State: review.DoubleState(own, double)}
		switch {
		case !review.Elsewhere(double):
			if d.Other, err = merge.ParseID(double.GetOtherFamilyId()); err != nil {
				return nil, fmt.Errorf("double of family %s: %w", id, err)
			}
		case at < 0:
			household, err := u.view(ctx, f)
			if err != nil {
				return nil, err
			}
			d.ClosesFamily = review.ClosesFamily(own, prokesga.HeadOf(household))
			at = len(out)
		default:
			out[at].addElsewhere(double, d.State)
			continue
		}
		d.addElsewhere(double, d.State)
		out = append(out, d)
	}
	for i := range out {
		out[i].addHistory(own)
	}
	return out, nil
}

func (d *Duplicate) addElsewhere(double *ksv1.Double, state DuplicateState) {
	d.tokens = append(d.tokens, double.GetToken())
	for _, s := range double.GetShared() {
		if !slices.ContainsFunc(d.Shared, func(known *ksv1.SharedIdentifier) bool { return proto.Equal(known, s) }) {
			d.Shared = append(d.Shared, s)
		}
	}
	if !review.Elsewhere(double) {
		return
	}
	d.Elsewhere++
	switch {
	case state == ksv1.DuplicateState_DUPLICATE_STATE_WITH_DISTRICT:
		d.State, d.CaseNumbers = state, append(d.CaseNumbers, review.CaseNumber(double.GetToken()))
	case state == ksv1.DuplicateState_DUPLICATE_STATE_OPEN && len(d.CaseNumbers) == 0:
		d.State = state
	}
}

func (d *Duplicate) addHistory(own *ksv1.FamilyDuplicates) {
	for _, r := range slices.Backward(own.GetHistory()) {
		if slices.ContainsFunc(d.tokens, func(token []byte) bool { return review.Concerns(r, token) }) {
			d.History = append(d.History, r)
		}
	}
}

// DismissDuplicate says that two families of the Puskesmas are two, for a reason.
// It is not open again unless their identifiers change. The decision goes with
// the next sync. Errors: ErrNotFound, *ReviewError.
func (u *User) DismissDuplicate(ctx context.Context, one, other ID, reason string) (ID, error) {
	if strings.TrimSpace(reason) == "" {
		return ID{}, &ReviewError{reasonNoNote}
	}
	return u.decideDouble(ctx, one, other, review.Dismiss, reason)
}

// UndoDismissal takes a dismissal back. Errors: as DismissDuplicate.
func (u *User) UndoDismissal(ctx context.Context, one, other ID) (ID, error) {
	return u.decideDouble(ctx, one, other, review.Undo, "")
}

// AnswerDuplicate answers for a family that is recorded in other Puskesmas too.
// Errors: as DismissDuplicate.
func (u *User) AnswerDuplicate(ctx context.Context, family ID, answer DuplicateAnswer, note string) (ID, error) {
	return u.decideDouble(ctx, family, ID{}, answer, note)
}

func (u *User) decideDouble(ctx context.Context, family, other ID, action ksv1.DuplicateAction, note string) (ID, error) {
	if !other.IsZero() && slices.Compare(other[:], family[:]) < 0 {
		family, other = other, family
	}
	found, err := u.DuplicatesOf(ctx, family)
	if err != nil {
		return ID{}, err
	}
	for i := range found {
		if found[i].Other != other {
			continue
		}
		return u.decide(ctx, family, &ksv1.ReviewDecision{Note: note, Duplicate: &ksv1.DuplicateDecision{Action: action, Tokens: found[i].tokens}})
	}
	return ID{}, &ReviewError{review.StateChanged}
}
