package exchange

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// colRound is the column of a round's identity.
const colRound = "survei_rt_survei_rt_id"

// correct makes a file's round the one that it corrects. A correction belongs to its round, and
// never moves its survey date (DOMAIN.md, "Rounds").
func (p *plan) correct(round *ksv1.HouseholdRound) {
	of := p.corrected(round)
	if of == nil {
		return
	}
	round.RoundId = of.GetRoundId()
	if rawsurvei.Cell(round.GetRound().GetSourceColumns(), colRound) == of.GetRoundId() {
		p.leaveCells(round, colRound) // our own file names it by its id
	}
	date := round.GetRound().GetSurveyDate()
	if kept := rawsurvei.SurveyDate(of.GetRound()); kept != "" && kept != date {
		p.redate(date, kept)
		p.notes = append(p.notes, note{"survei_tanggal", fmt.Sprintf("%s; the survey of that year is of %s, and a correction never moves its date", date, kept)})
	}
}

// How well a stored round fits as the one that a file corrects, from the least.
const (
	fitsNot = iota
	fitsYear
	fitsDate
	fitsExported // of that date the one that our own files hold
	fitsImport   // the import's own of the year
	fitsCell     // the file's cell of the round's identity is carried there
	fitsCellExported
	fitsID // our own file names it
)

// corrected is the stored round that the file's corrects, the later one of two that fit alike;
// nil: none.
func (p *plan) corrected(round *ksv1.HouseholdRound) (of *ksv1.HouseholdRound) {
	named, exported := rawsurvei.Cell(round.GetRound().GetSourceColumns(), colRound), roundOf(p.view, dateOf(round).Year())
	fit := func(r *ksv1.HouseholdRound) int {
		ofYear := r.GetRound().GetWithdrawal() == nil && year(r) != "" && year(r) == year(round)
		switch {
		case r.GetRoundId() == named:
			return fitsID
		case ofYear && named != "" && rawsurvei.Cell(r.GetRound().GetSourceColumns(), colRound) == named:
			if r == exported {
				return fitsCellExported
			}
			return fitsCell
		case r.GetRoundId() == round.GetRoundId():
			return fitsImport
		case ofYear && r.GetRound().GetSurveyDate() == round.GetRound().GetSurveyDate():
			if r == exported {
				return fitsExported
			}
			return fitsDate
		case ofYear:
			return fitsYear
		}
		return fitsNot
	}
	best := fitsNot
	for _, r := range p.view.GetRounds() { // in the order of their survey dates
		if n := fit(r); n > fitsNot && n >= best {
			of, best = r, n
		}
	}
	return of
}

// redate takes what the file says as of its own date as of the round's.
func (p *plan) redate(from, to string) {
	h := p.in.household
	h.GetRounds()[0].GetRound().SurveyDate = proto.String(to)
	redateRemoval(h.GetFamily().GetRemoval(), from, to)
	for _, m := range h.GetMembers() {
		redateRemoval(m.GetMember().GetRemoval(), from, to)
		if stated := m.GetMember().GetStatedAge(); stated.GetAsOf() == from {
			stated.AsOf = to
		}
	}
}

// year is the calendar year that a round was surveyed in; "" where it has no date.
func year(r *ksv1.HouseholdRound) string {
	date, err := prokesga.ParseDate(rawsurvei.SurveyDate(r.GetRound()))
	if err != nil {
		return ""
	}
	return date.String()[:len("2006")]
}
