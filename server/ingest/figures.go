package ingest

import (
	"context"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// putAll adds to a commit what its families change in the figures, the status of
// collection and the movements, and hands it to the store. Every commit goes
// through here, whatever altered its families.
func (w *work) putAll(ctx context.Context) error {
	if err := w.readMissingPlaces(ctx); err != nil {
		return err
	}
	for i := range w.commit.Families {
		row := &w.commit.Families[i]
		f := w.families[row.ID]
		if err := w.noteMovement(f, row); err != nil {
			return err
		}
		if w.recomputing {
			continue // has summed up all families, not only those altered
		}
		w.moveCollection(&f.before, row)
		w.shares.Add(f.sharesOf(row))
		w.shares.Sub(f.sharesBefore())
	}
	for account, counts := range w.shares {
		w.commit.Efforts = append(w.commit.Efforts, store.Effort{Surveyor: account, Counts: counts})
	}
	w.packYears()
	before := w.village.Village()
	if len(w.commit.Efforts) > 0 || len(w.commit.Movements) > 0 || w.row.Collection != before.Collection || w.row.YearsMissing != before.YearsMissing {
		w.commit.Day = dayOf(w.now)
	}
	for _, p := range w.places {
		w.commit.Places = append(w.commit.Places, *p)
	}
	for id, fate := range w.keptIDs {
		w.commit.ErasedIDs = append(w.commit.ErasedIDs, store.ErasedID{ID: id, Fate: fate})
	}
	w.commit.Village = w.row
	return w.village.Apply(ctx, &w.commit)
}

// readMissingPlaces reads the RT of families whose review alone changed.
func (w *work) readMissingPlaces(ctx context.Context) error {
	var missing []area.Place
	for i := range w.commit.Families {
		if place := w.commit.Families[i].Place; w.places[place] == nil {
			missing = append(missing, place)
		}
	}
	return w.readPlaces(ctx, missing)
}

// moveCollection takes what a family was counted by out of its RT and village
// and puts in what it is now.
func (w *work) moveCollection(before, after *store.Family) {
	was, is := collection.Of(before.Collected()), collection.Of(after.Collected())
	if was == is && before.Place == after.Place {
		return
	}
	if p := w.places[before.Place]; p != nil && !before.ID.IsZero() {
		p.Collection.Sub(was)
	}
	w.places[after.Place].Collection.Add(is)
	w.row.Collection.Sub(was)
	w.row.Collection.Add(is)
}

// surveyor is the account to whose work the family counts; where one change made
// it, all of it is its author's.
func (f *familyWork) surveyor(household *ksv1.Household, a iks.Assessment) uint32 {
	switch {
	case f.only == nil:
		return collection.SurveyorOf(&f.state, household, a)
	case a.Counts() || len(household.GetVisits()) > 0:
		return f.only.Change.GetAuthor()
	}
	return 0
}

// sharesOf are the family's parts as it is to be.
func (f *familyWork) sharesOf(row *store.Family) collection.Shares {
	if f.only != nil {
		return collection.Shares{row.Surveyor: collection.Of(row.Collected())}
	}
	return collection.SharesOf(row.Collected(), row.Surveyor, &f.state)
}

// rememberShares keeps a family's parts as they are, before a change is joined.
func (f *familyWork) rememberShares() {
	if f.shares == nil && !f.isNew {
		f.shares = collection.SharesOf(f.before.Collected(), f.before.Surveyor, &f.state)
	}
}

// sharesBefore are a family's parts before the commit; where nothing was joined,
// its visits are what they were.
func (f *familyWork) sharesBefore() collection.Shares {
	if f.isNew {
		return nil
	}
	f.rememberShares()
	return f.shares
}

// noteMovement logs a family whose counted values change, altogether or in a survey
// year. Of a village whose years are still to be counted, those of the family as it was
// are not known.
func (w *work) noteMovement(f *familyWork, row *store.Family) error {
	m := store.Movement{
		Family:            row.ID,
		ProvisionalBefore: f.before.Provisional, ProvisionalAfter: row.Provisional,
		VerifiedBefore: f.before.Verified, VerifiedAfter: row.Verified,
	}
	moved := f.before.Provisional != row.Provisional || f.before.Verified != row.Verified
	if !w.village.Village().YearsMissing {
		was, spoiled := f.before.ByYear()
		is, err := row.ByYear()
		if spoiled != nil && !w.recomputing { // which mends it: how the family moved is not known then
			err = errors.Join(spoiled, err)
		}
		if err != nil {
			return fmt.Errorf("family %s: %w", row.ID, err)
		}
		if spoiled == nil {
			m.SetYears(was, is)
		}
	}
	if !moved && m.Years == "" {
		return nil
	}
	if m.Cause = w.causeOf(f, row); !moved && !w.recomputing {
		m.Cause = causeInYears(&m)
	}
	w.commit.Movements = append(w.commit.Movements, m)
	return nil
}

// causeInYears is why values of survey years changed that are not those counted
// altogether: a verdict moves the verified basis alone.
func causeInYears(m *store.Movement) store.Cause {
	cause := store.CauseVerdict
	err := m.ByYear(func(_ int, in *store.Movement) {
		if in.ProvisionalBefore != in.ProvisionalAfter {
			cause = store.CauseCorrected
		}
	})
	if err != nil {
		panic(err) // was written here
	}
	return cause
}

// causeOf tells why a family's values changed.
func (w *work) causeOf(f *familyWork, row *store.Family) store.Cause {
	before, after := f.before.Provisional, row.Provisional
	switch {
	case w.recomputing:
		return store.CauseRules
	case before == after:
		return store.CauseVerdict
	case after == 0 && f.removal == ksv1.RemovalReason_REMOVAL_REASON_MOVED:
		return store.CauseMoved
	case after == 0 && f.removal == ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE:
		return store.CauseMerged
	case after == 0:
		return store.CauseRemoved
	case before == 0 && !f.isNew && f.before.State != store.FamilyCounted:
		return store.CauseReturned
	case before == 0:
		return store.CauseNew
	case f.before.SurveyDate != row.SurveyDate:
		return store.CauseSurveyed
	case f.splits:
		return store.CauseMoved
	}
	return store.CauseCorrected
}
