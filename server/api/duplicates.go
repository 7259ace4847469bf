package api

import (
	"context"
	"errors"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/store"
)

// ListDuplicates lists doubles, by family.
func (f familyService) ListDuplicates(ctx context.Context, r *ksv1.ListDuplicatesRequest) (*ksv1.ListDuplicatesResponse, error) {
	flags := int64(review.FlagOpen | review.FlagElsewhere)
	if r.GetIncludeDismissed() {
		flags |= review.FlagDismissed
	}
	rows, next, err := f.list(ctx, r.GetArea(), r.GetPageToken(), r.GetPageSize(), store.FamilyQuery{Doubles: flags})
	if err != nil {
		return nil, err
	}
	out := &ksv1.ListDuplicatesResponse{NextPageToken: next, AsOfMs: uint64(f.services.Now().UnixMilli())}
	names := map[uint32]string{}
	for i := range rows {
		found, err := f.duplicatesOf(ctx, &rows[i], names)
		if err != nil {
			return nil, err
		}
		for _, d := range found {
			if d.GetState() != ksv1.DuplicateState_DUPLICATE_STATE_DISMISSED || r.GetIncludeDismissed() {
				out.Duplicates = append(out.Duplicates, d)
			}
		}
	}
	return out, nil
}

// duplicatesOf are a family's doubles within the Puskesmas, and all that it has
// elsewhere as one.
func (f familyService) duplicatesOf(ctx context.Context, row *store.Family, names map[uint32]string) ([]*ksv1.Duplicate, error) {
	caller := callerOf(ctx)
	if row.State != store.FamilyCounted {
		return nil, nil
	}
	x, err := f.services.openFamily(ctx, nil, row)
	if err != nil {
		return nil, err
	}
	stands, err := f.services.reviewFor(caller, row, &x.state)
	if err != nil {
		return nil, err
	}
	household := x.household
	own, elsewhere := stands.GetDuplicates(), (*ksv1.Duplicate)(nil)
	var out []*ksv1.Duplicate
	for _, double := range own.GetDoubles() {
		if !review.DecidedAt(row.ID.String(), double) {
			continue
		}
		d := &ksv1.Duplicate{FamilyId: row.ID.String(), Family: summaryOf(row, household), State: review.DoubleState(own, double)}
		if review.Elsewhere(double) {
			if elsewhere == nil {
				elsewhere = d
				elsewhere.ClosesFamily = review.ClosesFamily(own, prokesga.HeadOf(household))
				out = append(out, elsewhere)
			}
			addElsewhere(elsewhere, double, d.GetState())
			continue
		}
		if d.Other, err = f.other(ctx, double); err != nil {
			return nil, err
		}
		if d.Other == nil {
			continue
		}
		d.OtherFamilyIds, d.Shared, d.Tokens = []string{double.GetOtherFamilyId()}, double.GetShared(), [][]byte{double.GetToken()}
		out = append(out, d)
	}
	for _, d := range out {
		if err := f.addHistory(ctx, d, own, names); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// addElsewhere adds one more family of another Puskesmas to what a family has
// there: a number and, where both say that they live there, the case's.
func addElsewhere(d *ksv1.Duplicate, double *ksv1.Double, state ksv1.DuplicateState) {
	d.OthersElsewhere++
	d.Tokens = append(d.Tokens, double.GetToken())
	for _, s := range double.GetShared() {
		if !slices.ContainsFunc(d.Shared, func(known *ksv1.SharedIdentifier) bool { return proto.Equal(known, s) }) {
			d.Shared = append(d.Shared, s)
		}
	}
	switch state {
	case ksv1.DuplicateState_DUPLICATE_STATE_WITH_DISTRICT:
		d.State, d.CaseNumbers = state, append(d.CaseNumbers, review.CaseNumber(double.GetToken()))
	case ksv1.DuplicateState_DUPLICATE_STATE_OPEN:
		// A new one among those answered for asks for an answer again.
		if d.State != ksv1.DuplicateState_DUPLICATE_STATE_WITH_DISTRICT {
			d.State = state
		}
	}
}

// other is the line of a double's other family; nil where it is not the caller's
// to see, or does not count any more: what shared it follows within seconds.
func (f familyService) other(ctx context.Context, double *ksv1.Double) (*ksv1.FamilySummary, error) {
	caller := callerOf(ctx)
	id, err := merge.ParseID(double.GetOtherFamilyId())
	if err != nil {
		return nil, err
	}
	var row store.Family
	err = f.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		row, err = snap.FindFamily(ctx, []uint32{double.GetOtherVillage()}, id)
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && (!caller.Covers(row.Village, row.Place) || row.State != store.FamilyCounted) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	audit.Of(ctx).Family(row.ID.String())
	return f.summary(ctx, nil, &row)
}

// addHistory adds the decisions that concern a double, newest first.
func (f familyService) addHistory(ctx context.Context, d *ksv1.Duplicate, own *ksv1.FamilyDuplicates, names map[uint32]string) error {
	for _, r := range slices.Backward(own.GetHistory()) {
		if !slices.ContainsFunc(d.GetTokens(), func(token []byte) bool { return review.Concerns(r, token) }) {
			continue
		}
		name, err := f.services.userName(ctx, r.GetAuthor(), names)
		if err != nil {
			return err
		}
		d.History = append(d.History, &ksv1.DuplicateEntry{Record: r, AuthorName: name})
	}
	return nil
}

// DecideDuplicate decides of doubles of one family.
func (f familyService) DecideDuplicate(ctx context.Context, r *ksv1.DecideDuplicateRequest) (*ksv1.DecideDuplicateResponse, error) {
	caller := callerOf(ctx)
	if r.GetDecision().GetAction() == review.Dismiss && strings.TrimSpace(r.GetReason()) == "" {
		return nil, &errBadRequest{"reason", "tell why they are two families", "Tulis mengapa ini dua keluarga yang berbeda."}
	}
	row, err := f.findFamily(ctx, caller, r.GetFamilyId())
	if err != nil {
		return nil, err
	}
	d := &ksv1.ReviewDecision{
		VerdictId: r.GetDecisionId(), Author: caller.Account.Number, Village: row.Village, FamilyId: row.ID.String(),
		Note: r.GetReason(), Duplicate: r.GetDecision(),
	}
	acted, err := reviewService{services: f.services}.decideOne(ctx, d)
	if err != nil {
		return nil, err
	}
	return &ksv1.DecideDuplicateResponse{Duplicates: acted.Review.GetDuplicates(), Revision: acted.Receipt.GetRevision()}, nil
}

// ListDuplicateCases lists the cases of the caller's district: numbers, and which
// Puskesmas to ask.
func (f familyService) ListDuplicateCases(ctx context.Context, r *ksv1.ListDuplicateCasesRequest) (*ksv1.ListDuplicateCasesResponse, error) {
	caller := callerOf(ctx)
	key, err := bytesOfPageToken(r.GetPageToken())
	if err != nil {
		return nil, err
	}
	audit.Of(ctx).Subject(audit.AreaSubject(caller.Account.Area))
	limit := pageSize(r.GetPageSize())
	out := &ksv1.ListDuplicateCasesResponse{}
	return out, f.services.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		villages, err := snap.VillagesUnder(ctx, caller.Account.Area)
		if err != nil {
			return err
		}
		numbers, puskesmas := make([]uint32, len(villages)), map[uint32]string{}
		for i, v := range villages {
			numbers[i], puskesmas[v.Number] = v.Number, v.Puskesmas
		}
		// A case has at most two sides here.
		sides, err := snap.ListDoubleCases(ctx, numbers, key, 2*(limit+1))
		if err != nil {
			return err
		}
		last := ""
		for _, s := range sides {
			number := review.CaseNumber(s.Token)
			n := len(out.Cases)
			if n == 0 || out.Cases[n-1].GetNumber() != number {
				if n == limit {
					out.NextPageToken = pageToken(last)
					return nil
				}
				out.Cases = append(out.Cases, &ksv1.DuplicateCase{Number: number, OpenedAtMs: uint64(s.OpenedAtMS)})
				n++
			}
			c := out.Cases[n-1]
			c.OpenedAtMs = max(c.OpenedAtMs, uint64(s.OpenedAtMS))
			if code := puskesmas[s.Village]; code != "" && !slices.Contains(c.PuskesmasCodes, code) {
				c.PuskesmasCodes = append(c.PuskesmasCodes, code)
			}
			last = string(s.Token)
		}
		return nil
	})
}
