package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// finish settles and writes, where there are no acts to take.
func (w *work) finish(ctx context.Context) error {
	if err := w.settle(ctx); err != nil {
		return err
	}
	return w.write(ctx)
}

// settle computes what follows from the joined states, and submits what was awaited.
func (w *work) settle(ctx context.Context) error {
	var dirty []*familyWork
	var places []area.Place
	for _, f := range w.families {
		if !f.isNew && (f.dirty || w.batches != nil) {
			places = append(places, f.before.Place)
		}
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
	}
	if err := w.readPlaces(ctx, places); err != nil {
		return err
	}
	for _, f := range dirty {
		if err := w.finishFamily(f); err != nil {
			return err
		}
	}
	return w.takeAwaited()
}

// write writes all that the commit altered, if anything.
func (w *work) write(ctx context.Context) error {
	w.commit.Families = slices.Grow(w.commit.Families, len(w.families))
	w.commit.Movements = slices.Grow(w.commit.Movements, len(w.families))
	for _, f := range w.families {
		if f.reviewed {
			if err := w.core.Vault.sealReview(&f.row, f.review); err != nil {
				return err
			}
		}
		if f.dirty || f.reviewed || f.withheld {
			w.commit.Families = append(w.commit.Families, f.row)
		}
	}
	// As they came: what one device made lies next to each other in every index.
	slices.SortFunc(w.commit.Families, func(a, b store.Family) int { return cmp.Compare(a.Revision, b.Revision) })
	if err := w.writeBatches(); err != nil {
		return err
	}
	c := &w.commit
	if len(c.Families) == 0 && len(c.Entries) == 0 && len(c.Quarantine) == 0 && len(c.Batches) == 0 && len(c.Notices) == 0 && len(w.keptIDs) == 0 {
		return nil
	}
	if err := w.putAll(ctx); err != nil {
		return err
	}
	return w.restrictWithheld(ctx)
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
	if err := w.openYears(rows); err != nil {
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
		if err := w.moveSums(f, f.creation.digest); err != nil {
			return err
		}
		f.digest = f.creation.digest
		if w.core.Identified != nil {
			w.identified = append(w.identified, identified{identifiedKey{w.row.Number, revision}, f.row.ID, f.creation.identifiers})
		}
		return nil
	}
	household, err := f.household()
	if err != nil {
		return err
	}
	if err := w.compute(f, household); err != nil {
		return err
	}
	digest, plain := w.encode(f)
	// What has been overtaken before it came changes nothing that was approved.
	if digest != f.digest || f.review.GetState() != review.Approved {
		if err := w.reopenReview(f); err != nil {
			return err
		}
	}
	if err := w.core.Vault.sealFamily(&f.row, plain); err != nil {
		return err
	}
	if err := w.withdrawApproved(f, household); err != nil {
		return err
	}
	if err := w.moveSums(f, digest); err != nil {
		return err
	}
	if !f.isNew && f.before.Place != f.row.Place && !planted.Is(planted.DepartureUntold) {
		w.commit.Departures = append(w.commit.Departures, store.Departure{
			Revision: f.row.Revision, Family: f.row.ID, Left: f.before.Place, Entered: f.row.Place,
		})
	}
	f.digest = digest
	return nil
}

// compute sets the columns of a family's row that follow from its state.
func (w *work) compute(f *familyWork, household *ksv1.Household) error {
	before, err := f.row.ByYear()
	if err != nil {
		return fmt.Errorf("family %s: %w", f.row.ID, err)
	}
	assessment := w.loader.Assess(household, iks.AnyYear)
	f.row.Provisional = assessment.Packed()
	f.row.SurveyDate = surveyDay(assessment)
	f.row.State = familyState(household.GetFamily())
	if household.GetFamily().GetPlace() == "" && f.onlyMarks() {
		f.row.State = store.FamilyRemoved
	}
	f.row.Findings = uint64(w.findings(f, household))
	f.row.Conflicts = f.conflicts()
	f.row.Calls = collection.CallsOf(household)
	f.row.Surveyor = f.surveyor(household, assessment)
	f.removal = household.GetFamily().GetRemoval().GetReason()
	years, err := w.provisionalYears(&f.row, household)
	f.row.SetYears(iks.Both(years, before.Approved()))
	return err
}

// moveSums takes the family's old part out of its RT and puts the new one in.
func (w *work) moveSums(f *familyWork, digest merge.Digest) error {
	was, errBefore := f.before.ByYear()
	is, err := f.row.ByYear()
	if err := errors.Join(errBefore, err); err != nil {
		return fmt.Errorf("family %s: %w", f.row.ID, err)
	}
	if !f.isNew && !(planted.Is(planted.TallyKeepsRemoved) && f.row.State != f.before.State) {
		p := w.places[f.before.Place]
		p.Digest = p.Digest.Sub(f.digest)
		p.Families--
		p.Provisional.Sub(f.before.Provisional)
		p.Verified.Sub(f.before.Verified)
		w.years.sub(f.before.Place, was)
	}
	w.years.add(f.row.Place, is)
	p := w.places[f.row.Place]
	p.Digest = p.Digest.Add(digest)
	p.Families++
	p.Provisional.Add(f.row.Provisional)
	p.Verified.Add(f.row.Verified)
	if f.before.Provisional != f.row.Provisional || f.before.Verified != f.row.Verified {
		w.row.Provisional.Sub(f.before.Provisional)
		w.row.Provisional.Add(f.row.Provisional)
		w.row.Verified.Sub(f.before.Verified)
		w.row.Verified.Add(f.row.Verified)
	}
	return nil
}

// verify makes what a family counts with the same on the verified basis.
func (w *work) verify(f *familyWork) error {
	was, err := f.row.ByYear()
	if err != nil {
		return fmt.Errorf("family %s: %w", f.row.ID, err)
	}
	verified := f.row.Provisional
	for _, t := range []*iks.Tally{&w.places[f.row.Place].Verified, &w.row.Verified} {
		t.Sub(f.row.Verified)
		t.Add(verified)
	}
	f.row.Verified = verified
	f.row.SetYears(was.Approve())
	is, err := f.row.ByYear()
	w.years.sub(f.row.Place, was)
	w.years.add(f.row.Place, is)
	return err
}

// onlyMarks: the ledger of erasures alone tells of the family; nobody has brought it. Asked of
// every family it would cost a tenth of a commit, for it makes the state of each.
func (f *familyWork) onlyMarks() bool {
	marks := len(merge.ErasedMembers(f.joined()))
	return marks > 0 && marks == len(f.joined().Records)
}

func surveyDay(a iks.Assessment) int {
	if !a.Counts() {
		return 0
	}
	return a.Besar.SurveyDate.Number()
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
