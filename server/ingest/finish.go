package ingest

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// finish computes what follows from the joined states and writes it all.
func (w *work) finish(ctx context.Context) error {
	var dirty []*familyWork
	var places []area.Place
	for _, f := range w.families {
		if !f.dirty {
			continue
		}
		dirty = append(dirty, f)
		place, err := f.place()
		if err != nil {
			return err
		}
		f.row.Place = place
		places = append(places, place)
		if !f.isNew {
			places = append(places, f.before.Place)
		}
	}
	if err := w.readPlaces(ctx, places); err != nil {
		return err
	}
	for _, f := range dirty {
		if err := w.finishFamily(f); err != nil {
			return err
		}
	}
	for _, p := range w.places {
		w.commit.Places = append(w.commit.Places, *p)
	}
	if len(dirty) == 0 && len(w.commit.Quarantine) == 0 && len(w.commit.Batches) == 0 && len(w.commit.Notices) == 0 {
		return nil
	}
	if w.moved {
		w.commit.Day = dayOf(w.now)
	}
	w.commit.Village = w.row
	return w.village.Apply(ctx, &w.commit)
}

func (f *familyWork) place() (area.Place, error) {
	if f.anticipated() {
		return f.creation.row.Place, nil
	}
	return placeOf(f.joined())
}

func (w *work) readPlaces(ctx context.Context, places []area.Place) error {
	if len(places) == 0 {
		return nil
	}
	rows, err := w.village.Places(ctx, places)
	if err != nil {
		return err
	}
	for i := range rows {
		w.places[rows[i].Place] = &rows[i]
	}
	for _, p := range places {
		if w.places[p] == nil {
			w.places[p] = &store.Place{Place: p}
		}
	}
	return nil
}

// finishFamily computes a family's row and moves the sums of its RT.
func (w *work) finishFamily(f *familyWork) error {
	if f.anticipated() {
		revision := f.row.Revision
		f.row = f.creation.row
		f.row.Revision = revision
		w.moveSums(f, f.creation.digest)
		w.commit.Families = append(w.commit.Families, f.row)
		if w.core.Identified != nil {
			w.identified = append(w.identified, identified{identifiedKey{w.row.Number, f.row.ID, revision}, f.creation.identifiers})
		}
		return nil
	}
	household, err := f.household()
	if err != nil {
		return err
	}
	w.compute(f, household)
	digest, plain := w.encode(f)
	if err := w.reopenReview(f); err != nil {
		return err
	}
	if err := w.core.Vault.sealFamily(&f.row, plain); err != nil {
		return err
	}
	w.moveSums(f, digest)
	if !f.isNew && f.before.Place != f.row.Place && !planted.Is(planted.DepartureUntold) {
		w.commit.Departures = append(w.commit.Departures, store.Departure{
			Revision: f.row.Revision, Family: f.row.ID, Left: f.before.Place, Entered: f.row.Place,
		})
	}
	w.commit.Families = append(w.commit.Families, f.row)
	return nil
}

// compute sets the columns of a family's row that follow from its state.
func (w *work) compute(f *familyWork, household *ksv1.Household) {
	assessment := w.loader.Assess(household, iks.AnyYear)
	f.row.Provisional = assessment.Packed()
	f.row.SurveyDate = surveyDay(assessment)
	f.row.State = familyState(household.GetFamily())
	f.row.Findings = uint64(prokesga.SetOf(prokesga.CheckHousehold(household, prokesga.Today{Date: prokesga.DateOf(w.now.In(wit))})))
	f.row.Conflicts = f.conflicts()
}

// moveSums takes the family's old part out of its RT and puts the new one in.
func (w *work) moveSums(f *familyWork, digest merge.Digest) {
	if !f.isNew && !(planted.Is(planted.TallyKeepsRemoved) && f.row.State != f.before.State) {
		p := w.places[f.before.Place]
		p.Digest = p.Digest.Sub(f.digest)
		p.Families--
		p.Provisional.Sub(f.before.Provisional)
		p.Verified.Sub(f.before.Verified)
	}
	p := w.places[f.row.Place]
	p.Digest = p.Digest.Add(digest)
	p.Families++
	p.Provisional.Add(f.row.Provisional)
	p.Verified.Add(f.row.Verified)
	if f.before.Provisional != f.row.Provisional || f.before.Verified != f.row.Verified {
		w.moved = true
		w.row.Provisional.Sub(f.before.Provisional)
		w.row.Provisional.Add(f.row.Provisional)
		w.row.Verified.Sub(f.before.Verified)
		w.row.Verified.Add(f.row.Verified)
	}
}

// reopenReview sends an approved family that has changed back to the queue.
func (w *work) reopenReview(f *familyWork) error {
	if f.row.ReviewState != int(ksv1.ReviewState_REVIEW_STATE_APPROVED) {
		return nil
	}
	plain, err := w.core.Vault.OpenReview(&f.row)
	if err != nil {
		return err
	}
	review := &ksv1.FamilyReview{}
	if err := proto.Unmarshal(plain, review); err != nil {
		return fmt.Errorf("decode review: %w", err)
	}
	return w.setReview(f, review, ksv1.ReviewState_REVIEW_STATE_CHANGED_SINCE_APPROVAL)
}

// setReview moves a family to another review state.
func (w *work) setReview(f *familyWork, review *ksv1.FamilyReview, state ksv1.ReviewState) error {
	w.countReview(f.row.ReviewState, -1)
	w.countReview(int(state), +1)
	review.State, review.Revision = state, f.row.Revision
	f.row.ReviewState = int(state)
	plain, err := proto.Marshal(review)
	if err != nil {
		return fmt.Errorf("encode review: %w", err)
	}
	return w.core.Vault.sealReview(&f.row, plain)
}

func (w *work) countReview(state int, by int64) {
	switch ksv1.ReviewState(state) {
	case ksv1.ReviewState_REVIEW_STATE_SUBMITTED, ksv1.ReviewState_REVIEW_STATE_CHANGED_SINCE_APPROVAL:
		w.row.Submitted += by
	case ksv1.ReviewState_REVIEW_STATE_APPROVED:
		w.row.Approved += by
	case ksv1.ReviewState_REVIEW_STATE_RETURNED:
		w.row.Returned += by
	}
}

func surveyDay(a iks.Assessment) int {
	if !a.Counts() {
		return 0
	}
	d := a.Besar.SurveyDate
	return d.Year()*10000 + d.Month()*100 + d.Day()
}

func familyState(f *ksv1.Family) store.FamilyState {
	switch {
	case f.GetRemoval() == nil:
		return store.FamilyCounted
	case f.GetRemoval().GetReason() == ksv1.RemovalReason_REMOVAL_REASON_MOVED:
		return store.FamilyMoved
	default:
		return store.FamilyRemoved
	}
}
