package exchange

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// plan decides what of a family in a file goes in, beside what is stored:
//
//   - The file's round is the one that our own file names, else that of its year, whoever opened
//     it; of a year surveyed twice the later one (plan_round.go). An older correction of a year that is stored goes in not at all; one whose
//     time is not known counts as the newer, for it came later.
//   - Of family and members the latest year's file holds that says something (plan_words.go).
//   - A value entered here stays unless the file was updated after it.
//   - A newer correction empties what its year's earlier file had filled in and it has no
//     more. A column that the file lacks says nothing, and neither does a row.
//   - What our own file only repeats is not taken twice (plan_repeated.go).
//   - Who is removed in a file is absent from its round; rounds of other years stay as their
//     own files have them (plan_removal.go).
//
// So the order in which the files of several years come decides nothing.
type plan struct {
	stored *merge.State
	in     incoming
	// importer is the device number of imports.
	importer uint32
	// view is what is stored, its rounds in the order of their surveys, also those that don't
	// count; empty where nothing is.
	view *ksv1.Household

	// updated is the file's updated_at; zero where it has none.
	updated time.Time
	// older: the file is older than what is stored; newer: newer than what an
	// import stored of the same year; history: a later year is stored; opens: no round of
	// its year is.
	older, newer, history, opens bool
	// inOrder: our own file has the members in the order in which they stand.
	inOrder bool
	// laterParts are the members of whom a later year tells.
	laterParts map[string]bool
	// kept counts values left as they are because they were entered here later.
	kept int
	// notes are told of the family.
	notes []note
}

// note is what is to be told of a family in a file.
type note struct{ column, reason string }

func newPlan(stored *merge.State, in incoming, importer uint32) (*plan, error) {
	p := &plan{stored: stored, in: in, importer: importer, view: &ksv1.Household{}, opens: true, laterParts: map[string]bool{}}
	p.readUpdated()
	if len(stored.Records) == 0 {
		return p, nil
	}
	p.in.household = proto.CloneOf(in.household) // what is stored alters what it says
	round := p.in.household.GetRounds()[0]
	var err error
	if p.view, err = merge.View(stored); err != nil {
		return nil, err
	}
	slices.SortStableFunc(p.view.GetRounds(), func(a, b *ksv1.HouseholdRound) int {
		return cmp.Compare(rawsurvei.SurveyDate(a.GetRound()), rawsurvei.SurveyDate(b.GetRound()))
	})
	p.correct(round)
	p.compareOrder()
	for _, r := range p.view.GetRounds() {
		if r.GetRoundId() == round.GetRoundId() {
			p.opens = false
			p.compareUpdated(updatedTime(rawsurvei.UpdatedAt(r.GetRound())))
			p.noteRowless(r)
		} else if rawsurvei.SurveyDate(r.GetRound()) > round.GetRound().GetSurveyDate() {
			p.history = true
			for _, x := range r.GetIndividuals() {
				p.laterParts[x.GetMemberId()] = true
			}
		}
	}
	return p, nil
}

// readUpdated reads the time of the file's updated_at.
func (p *plan) readUpdated() {
	text := rawsurvei.UpdatedAt(p.in.household.GetRounds()[0].GetRound())
	if p.updated = updatedTime(text); p.updated.IsZero() && text != "" {
		p.notes = append(p.notes, note{colUpdated, "no time that can be read; where its year is stored, the file is taken as newer"})
	}
}

// compareUpdated tells an older correction from a newer one; stored is the time of what is
// there, zero where that is not known.
func (p *plan) compareUpdated(stored time.Time) {
	if p.updated.IsZero() || stored.IsZero() {
		p.newer = true
		return
	}
	p.older, p.newer = p.updated.Before(stored), p.updated.After(stored)
	if p.older {
		p.notes = append(p.notes, note{colUpdated, "older than what is stored of its year; it is left as it is"})
	}
}

// noteRowless tells how many took part in the stored round of whom a correction of it has no row.
func (p *plan) noteRowless(round *ksv1.HouseholdRound) {
	rowless := 0
	for _, part := range round.GetIndividuals() {
		of := func(m *ksv1.HouseholdMember) bool { return m.GetMemberId() == part.GetMemberId() }
		at := slices.IndexFunc(p.view.GetMembers(), of)
		if at >= 0 && p.view.GetMembers()[at].GetMember().GetRemoval() == nil && !slices.ContainsFunc(p.in.household.GetMembers(), of) {
			rowless++
		}
	}
	if rowless > 0 && !p.older {
		p.notes = append(p.notes, note{colMember, fmt.Sprintf("no row of %d who took part in the stored survey of its year; they stay: who left needs a row that says how", rowless)})
	}
}

// colMember is the column of a member's identity in the national application.
const colMember = "survei_individu_survei_individu_detail_id"

// colUpdated is the column of when a family was last altered in the national application.
const colUpdated = "survei_updated_at"

func (p *plan) edits() ([]merge.RecordEdit, error) {
	further := p.removals()
	all, err := merge.Edits(p.in.household)
	if err != nil {
		return nil, err
	}
	for i := range all {
		record := p.stored.Record(all[i].Key)
		if kind := all[i].Key.Kind; kind == merge.KindFamily || kind == merge.KindMember {
			p.settle(&all[i], record)
		}
		if record != nil {
			p.trim(&all[i], record)
		}
	}
	if len(further) == 0 {
		return all, nil
	}
	return merge.Combine(append(all, further...)...), nil
}

// superseded: a later year tells of the family, or of the member.
func (p *plan) superseded(key merge.Key) bool {
	switch key.Kind {
	case merge.KindFamily:
		return p.history
	case merge.KindMember:
		return p.laterParts[key.Member.String()]
	}
	return false
}

// trim takes out of an edit what was entered here later, and adds what it empties; of a family
// or a member all but what the rounds share.
func (p *plan) trim(e *merge.RecordEdit, record *merge.Record) {
	e.Set = proto.Clone(e.Set)
	p.carryOnRound(e)
	left := p.superseded(e.Key) // how they left is for a later year's file to say
	if left {
		leaveRemoval(e)
	}
	set := e.Set.ProtoReflect()
	fields := set.Descriptor().Fields()
	for i := range record.Registers {
		register := &record.Registers[i]
		fd := fields.ByNumber(register.Field)
		if fd == nil || isShared(e.Key.Kind, register.Field) || merge.IsSourceYears(e.Key.Kind, register.Field) || left && isRemoval(e.Key.Kind, register.Field) {
			continue
		}
		shown := register.Shown()
		switch has := set.Has(fd); {
		case has && p.enteredLater(shown):
			if !sameElement(set, fd, shown.Element) {
				p.kept++
			}
			set.Clear(fd)
		case !has && shown.Element != nil && shown.Stamp.Device == p.importer && p.empties(e, register.Field):
			e.Clear = append(e.Clear, register.Field)
		}
	}
}

// enteredLater: a value of the apps, entered when the file had been written.
func (p *plan) enteredLater(v merge.Value) bool {
	return v.Stamp.Device != p.importer && !p.updated.After(time.UnixMilli(int64(v.Stamp.TimeMS)))
}

// sameElement reports whether a message's field has the wire form given.
func sameElement(set protoreflect.Message, fd protoreflect.FieldDescriptor, element []byte) bool {
	only := set.New()
	only.Set(fd, set.Get(fd))
	wire, err := proto.MarshalOptions{Deterministic: true}.Marshal(only.Interface())
	return err == nil && string(wire) == string(element)
}
