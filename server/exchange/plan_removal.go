package exchange

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A removal in a file (status_delete, status_pindah) is of its round. A member who is removed
// there is absent from it. A removal deleted-at-source acts on every round, so that it is kept
// as such only of who takes part in no earlier round; else it is kept as having left before
// the survey that no longer found them (decided). A family that was removed in one year's file
// and stands in a later one's has no count in the former: its round gives up its survey date.
// What devices have not sent yet when a file removes whom it is about stands against that as
// against any removal: each says what of the store the import has seen (noteSeen).

// leftNote tells apart from those who moved who was removed in the national application.
const leftNote = "dihapus di aplikasi nasional"

// leftBefore is the removal of who was there at an earlier survey and not at one of a date.
func leftBefore(date prokesga.Date) *ksv1.Removal {
	return &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: date.AddDays(-1).String(), Note: leftNote}
}

// redateRemoval moves a removal on the day before a survey with the survey's date.
func redateRemoval(r *ksv1.Removal, from, to string) {
	before, err1 := prokesga.ParseDate(from)
	after, err2 := prokesga.ParseDate(to)
	if err1 == nil && err2 == nil && r != nil && r.GetDate() == before.AddDays(-1).String() {
		r.Date = after.AddDays(-1).String()
	}
}

// removedAt is the removal of who was removed in the national application and whom a survey of
// a date, the last to know of them, had as such; was: an earlier one found them.
func removedAt(date prokesga.Date, was bool) *ksv1.Removal {
	if was {
		return leftBefore(date)
	}
	return &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DELETED_AT_SOURCE}
}

// deletedBefore: removed at the source, of every round or of those since a survey.
func deletedBefore(r *ksv1.Removal) bool {
	return deleted(r) || r.GetReason() == ksv1.RemovalReason_REMOVAL_REASON_MOVED && r.GetNote() == leftNote
}

// deleted: removed at the source, of every round.
func deleted(r *ksv1.Removal) bool {
	return r.GetReason() == ksv1.RemovalReason_REMOVAL_REASON_DELETED_AT_SOURCE
}

// dateOf is when a round was surveyed, also of one that does not count.
func dateOf(r *ksv1.HouseholdRound) prokesga.Date {
	date, err := prokesga.ParseDate(rawsurvei.SurveyDate(r.GetRound()))
	if err != nil {
		return prokesga.Date{}
	}
	return date
}

// removals puts what the file says of removals in its household, and gives what it says of
// other records.
func (p *plan) removals() (further []merge.RecordEdit) {
	round := p.in.household.GetRounds()[0]
	for _, m := range p.in.household.GetMembers() {
		id, err := merge.ParseID(m.GetMemberId())
		if err != nil {
			continue // the edits tell
		}
		key := merge.Key{Kind: merge.KindMember, Member: id}
		gone := prokesga.RemovedFrom(m.GetMember().GetRemoval(), dateOf(round))
		switch {
		case gone && p.goneHere(key, m.GetMember().GetRemoval(), dateOf(round)):
			p.leavePart(round, key, m)
		case gone:
			absent(round, m.GetMemberId())
		}
		if e, ok := p.memberRemoval(key, m, round, gone); ok {
			further = append(further, e)
		}
	}
	return append(further, p.familyRemoval(round)...)
}

// absent has a member take no part in a round.
func absent(round *ksv1.HouseholdRound, member string) {
	part := partOf(round, member)
	if part == nil {
		part = &ksv1.Individual{}
		round.Individuals = append(round.Individuals, &ksv1.HouseholdIndividual{MemberId: member, Individual: part})
	}
	part.Present = proto.Bool(false)
}

// memberRemoval settles how a member left whom the latest file that has them has as removed:
// this file decides, or one of a later year, by whom this one says was there before.
func (p *plan) memberRemoval(key merge.Key, m *ksv1.HouseholdMember, round *ksv1.HouseholdRound, gone bool) (e merge.RecordEdit, ok bool) {
	date := dateOf(round)
	if !p.laterParts[m.GetMemberId()] {
		if gone && deleted(m.GetMember().GetRemoval()) && p.tookPart(m.GetMemberId(), round, date) {
			m.GetMember().Removal = leftBefore(date)
		}
		return e, false
	}
	stored := p.storedMember(key).GetRemoval()
	if !deletedBefore(stored) || !p.imported(key, fieldMemberRemoval) {
		return e, false
	}
	var last *ksv1.HouseholdRound
	for _, r := range p.view.GetRounds() {
		if partOf(r, m.GetMemberId()) != nil {
			last = r
		}
	}
	if prokesga.TakesPart(partOf(last, m.GetMemberId())) {
		return e, false
	}
	holds := removedAt(dateOf(last), p.tookPart(m.GetMemberId(), round, dateOf(last)))
	return merge.RecordEdit{Key: key, Set: &ksv1.Member{Removal: holds}}, !merge.SameRemoval(stored, holds)
}

// tookPart: the member was there at a survey before a date; round is as the file has it.
func (p *plan) tookPart(member string, round *ksv1.HouseholdRound, before prokesga.Date) bool {
	return p.earlier(round, before, func(r *ksv1.HouseholdRound) bool { return prokesga.TakesPart(partOf(r, member)) })
}

// livedBefore: the family was found by a survey before a date; round is as the file has it.
func (p *plan) livedBefore(round *ksv1.HouseholdRound, before prokesga.Date) bool {
	return p.earlier(round, before, func(r *ksv1.HouseholdRound) bool { return !rawsurvei.GoneByFile(r.GetRound()) })
}

// earlier tells whether there is a round before a date, the file's in place of the stored one.
func (p *plan) earlier(round *ksv1.HouseholdRound, before prokesga.Date, is func(*ksv1.HouseholdRound) bool) bool {
	for _, r := range p.roundsWithOwn() {
		if r.GetRoundId() == round.GetRoundId() {
			r = round
		}
		if !dateOf(r).IsZero() && before.After(dateOf(r)) && is(r) {
			return true
		}
	}
	return false
}

// familyRemoval settles the same of the family, and takes the count of rounds whose own files
// have it as removed, and on which the removal that then holds does not act; one that lost it
// so, and on which it acts, is as its file has it again.
func (p *plan) familyRemoval(round *ksv1.HouseholdRound) (further []merge.RecordEdit) {
	date, family, stored := dateOf(round), p.in.household.GetFamily(), p.view.GetFamily().GetRemoval()
	gone := prokesga.RemovedFrom(family.GetRemoval(), date)
	key := merge.Key{Kind: merge.KindFamily}
	if gone && p.goneHere(key, family.GetRemoval(), date) {
		p.leaveCells(round, colMoved, colDeleted)
	}
	holds := stored
	switch imported := p.imported(key, fieldFamilyRemoval); {
	case p.history && deletedBefore(stored) && imported:
		last := p.view.GetRounds()[len(p.view.GetRounds())-1]
		if now := removedAt(dateOf(last), p.livedBefore(round, dateOf(last))); rawsurvei.GoneByFile(last.GetRound()) && !merge.SameRemoval(stored, now) {
			holds = now
			further = append(further, merge.RecordEdit{Key: key, Set: &ksv1.Family{Removal: holds}})
		}
	case !p.history && (imported || stored == nil):
		if gone && deleted(family.GetRemoval()) && p.livedBefore(round, date) {
			family.Removal = leftBefore(date)
		}
		if family.GetRemoval() != nil || p.empties(&merge.RecordEdit{Key: key, Set: family}, fieldFamilyRemoval) {
			holds = family.GetRemoval()
		}
	}
	if gone && p.history && !prokesga.RemovedFrom(holds, date) {
		rawsurvei.Uncounted(round.GetRound())
	}
	return append(further, p.recount(round, holds)...)
}

// recount takes the count of further rounds, or gives it back, by the family's removal that
// then holds.
func (p *plan) recount(round *ksv1.HouseholdRound, holds *ksv1.Removal) (further []merge.RecordEdit) {
	stored := p.view.GetFamily().GetRemoval()
	for _, r := range p.view.GetRounds() {
		if r.GetRoundId() == round.GetRoundId() || !rawsurvei.GoneByFile(r.GetRound()) {
			continue
		}
		acts, counts := prokesga.RemovedFrom(holds, dateOf(r)), r.GetRound().GetSurveyDate() != ""
		switch {
		case counts && !acts && prokesga.RemovedFrom(stored, dateOf(r)):
			further = append(further, redated(r, rawsurvei.Uncounted)...)
		case !counts && acts:
			further = append(further, redated(r, rawsurvei.Counted)...)
		}
	}
	return further
}

// leaveRemoval leaves a removal as it is.
func leaveRemoval(e *merge.RecordEdit) {
	switch set := e.Set.(type) {
	case *ksv1.Family:
		set.Removal, set.MovedTo = nil, nil
	case *ksv1.Member:
		set.Removal = nil
	}
}

// redated takes the survey date of a stored round away, or gives it back.
func redated(r *ksv1.HouseholdRound, do func(*ksv1.Round)) []merge.RecordEdit {
	id, err := merge.ParseID(r.GetRoundId())
	if err != nil {
		return nil
	}
	x := proto.CloneOf(r.GetRound())
	do(x)
	e := merge.RecordEdit{Key: merge.Key{Kind: merge.KindRound, Record: id}, Set: &ksv1.Round{SourceColumns: x.GetSourceColumns(), SurveyDate: x.SurveyDate}}
	if x.SurveyDate == nil {
		e.Clear = []protowire.Number{fieldSurveyDate}
	}
	return []merge.RecordEdit{e}
}

// imported: an import wrote what a register shows.
func (p *plan) imported(key merge.Key, field protowire.Number) bool {
	record := p.stored.Record(key)
	if record == nil || record.Register(field) == nil {
		return false
	}
	return record.Register(field).Shown().Stamp.Device == p.importer
}

// noteSeen adds to removals what the import has seen of whom they remove. One that is said
// already stays as it was said, so that a file read again says nothing new.
func (i *Importer) noteSeen(state *merge.State, edits []merge.RecordEdit) {
	for _, e := range edits {
		var removal **ksv1.Removal
		switch set := e.Set.(type) {
		case *ksv1.Family:
			removal = &set.Removal
		case *ksv1.Member:
			removal = &set.Removal
		}
		if removal == nil || *removal == nil {
			continue
		}
		if was := merge.RemovalOf(state, e.Key.Member); was != nil && merge.SameRemoval(was, *removal) {
			*removal = was
			continue
		}
		(*removal).Seen = merge.SeenAnew(state, e.Key.Member, i.clock.Device)
	}
}
