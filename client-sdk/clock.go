package clientsdk

import (
	"context"
	"slices"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Today is the local date where the user works, "2026-12-03", whatever zone the device is
// set to or tells of, and by its clock as the last sync corrected it: the day to propose, and
// to tell what is due.
func (u *User) Today(ctx context.Context) (string, error) {
	villages, err := u.store.Villages(ctx)
	if err != nil {
		return "", err
	}
	return u.store.Now().In(zoneOf(villages)).Format(time.DateOnly), nil
}

// zoneOf is the zone of villages in which a user may work: of one Puskesmas, and so of one
// zone; WIB where there are none.
func zoneOf(villages []*ksv1.VillageScope) *time.Location {
	if len(villages) == 0 {
		return area.Zone("")
	}
	return area.Zone(villages[0].GetCode())
}

// Findings is what the checks notice of a family as FamilySeen gave it.
func (u *User) Findings(h *ksv1.Household, seen *Seen) []Finding {
	if seen == nil {
		return u.clock().findings(h, &merge.State{})
	}
	return u.clock().findings(h, &seen.state)
}

// clock is what dates are held against on this device, where clocks are wrong.
type clock struct {
	// today tells what is noticed; latest what is refused: the server's clock, once heard,
	// is better than the device's, but somebody may have set that right since.
	today, latest prokesga.Today
	// told is the server's clock as it was last heard.
	told time.Time
}

func (u *User) clock() clock {
	known := u.store.Clock()
	c := clock{today: prokesga.TodayAt(known.Now), told: known.Told}
	if !known.Latest.IsZero() {
		c.latest = prokesga.TodayAt(known.Latest)
	}
	return c
}

// findings are what is noticed of a family in a state: what the server would notice, with
// survey dates that lie far after the last that the device heard of it.
func (c clock) findings(h *ksv1.Household, state *merge.State) []Finding {
	return append(prokesga.CheckHousehold(h, c.today), c.offClock(h, state)...)
}

// offClock says at most once of a round that the clock disagrees with its survey date.
func (c clock) offClock(h *ksv1.Household, state *merge.State) []Finding {
	list := review.OffClock(h, review.DateWritten(state))
	if c.told.IsZero() {
		return list
	}
	for _, round := range h.GetRounds() {
		if round.GetRound().GetWithdrawal() != nil || slices.ContainsFunc(list, func(f Finding) bool { return f.RecordID == round.GetRoundId() }) {
			continue
		}
		if f, far := prokesga.CheckTold(round, c.told.In(area.WIB)); far {
			list = append(list, f)
		}
	}
	return list
}

// judge checks the family as it would be in a state: an error across fields that the
// save brings in is refused, the rest is told. Errors: *ValidationError.
func (c clock) judge(after *ksv1.Household, state *merge.State, before func() (*ksv1.Household, error)) ([]Finding, error) {
	findings, wrong, err := form.Judge(after, before, c.latest)
	if err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return nil, &ValidationError{wrong}
	}
	if c.today != c.latest {
		findings = prokesga.CheckHousehold(after, c.today)
	}
	return append(findings, c.offClock(after, state)...), nil
}
