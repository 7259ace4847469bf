package form

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// WrongEdits are the errors within the records that edits write: what must not
// be saved, whatever the rest of the family is; but an implausible measurement that is there
// already (Held) in the family's state of, or in from, the state of one that the edits take
// over; nil: they take none. What they set is encoded with it, once for the change too, and not
// to be altered after.
func WrongEdits(edits []merge.RecordEdit, of, from *merge.State) []prokesga.Finding {
	var wrong []prokesga.Finding
	for i := range edits {
		e := &edits[i]
		if e.Set == nil || sound(e) {
			continue
		}
		for _, f := range prokesga.CheckRecord(e.Key.Kind, e.Set) {
			if f.Severity == prokesga.Error && !(f.Implausible() && isThere(e, protowire.Number(f.Field), of, from)) {
				f.RecordID, f.MemberID = e.Key.Record.String(), e.Key.Member.String()
				wrong = append(wrong, f)
			}
		}
	}
	return wrong
}

// isThere tells whether a value that an edit writes is in the family already, or in the one that
// it takes over.
func isThere(e *merge.RecordEdit, field protowire.Number, of, from *merge.State) bool {
	fields, err := e.Encode()
	if err != nil {
		return false
	}
	elements, err := merge.SplitFields(fields)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(elements, func(x merge.Element) bool {
		return x.Field == field && (NewHeld(of).Has(e.Key, field, x.Bytes) || from != nil && NewHeld(from).GivesOver(e.Key, field, x.Bytes))
	})
}

// sound reports whether the check would find nothing, told from the wire form:
// nearly every record is sound, and the check itself takes four times as long. What
// can't be written, or is in doubt, is not sound.
func sound(e *merge.RecordEdit) bool {
	fields, err := e.Encode()
	return err == nil && prokesga.SoundFields(e.Key.Kind, fields)
}

// unfinished are errors that only say that the entry is not at its end: a form is
// filled in by many saves, and a new head takes two.
var unfinished = []prokesga.Code{prokesga.RequiredMissing, prokesga.NoHead}

// Judge checks a family as it would be after a save. Errors across fields that
// the save brings in come back as wrong, for which it is to be refused; findings
// are all that is noticed. before is asked only where something is wrong.
func Judge(after *ksv1.Household, before func() (*ksv1.Household, error), today prokesga.Today) (findings, wrong []prokesga.Finding, err error) {
	findings = prokesga.CheckHousehold(after, today)
	for _, f := range findings {
		if f.Severity == prokesga.Error && !slices.Contains(unfinished, f.Code) {
			wrong = append(wrong, f)
		}
	}
	if len(wrong) == 0 {
		return findings, nil, nil
	}
	was, err := before()
	if err != nil {
		return nil, nil, err
	}
	known := prokesga.CheckHousehold(was, today)
	wrong = slices.DeleteFunc(wrong, func(f prokesga.Finding) bool { return slices.Contains(known, f) })
	return findings, wrong, nil
}

// People are those behind a save.
type People struct {
	// Collector asked the family; "" where the form says it itself.
	Collector string
	// Typist types in what another may have collected on paper; "" nobody does.
	Typist string
}

// Sign says of rounds and visits that h does not have yet who collects them, and
// of rounds under which questionnaire and who types them, where that is another.
func Sign(edits []merge.RecordEdit, h *ksv1.Household, people People) {
	for i := range edits {
		id := edits[i].Key.Record.String()
		switch record := edits[i].Set.(type) {
		case *ksv1.Round:
			if slices.ContainsFunc(h.GetRounds(), func(r *ksv1.HouseholdRound) bool { return r.GetRoundId() == id }) {
				continue
			}
			record.QuestionnaireVersion = proto.String(prokesga.Version)
			setName(&record.SurveyorName, people.Collector)
			if people.Typist != record.GetSurveyorName() {
				setName(&record.TypistName, people.Typist)
			}
		case *ksv1.Visit:
			if !slices.ContainsFunc(h.GetVisits(), func(v *ksv1.HouseholdVisit) bool { return v.GetVisitId() == id }) {
				setName(&record.SurveyorName, people.Collector)
			}
		}
	}
}

func setName(field **string, name string) {
	if name != "" {
		*field = proto.String(name)
	}
}

// NoteSeen adds to removals of members and families what their author has seen of them, so
// that edits made elsewhere unseen show as a conflict.
func NoteSeen(edits []merge.RecordEdit, state *merge.State) {
	for _, e := range edits {
		switch m := e.Set.(type) {
		case *ksv1.Member:
			if m.GetRemoval() != nil {
				m.Removal.Seen = merge.SeenOf(state, e.Key.Member)
			}
		case *ksv1.Family:
			if m.GetRemoval() != nil {
				m.Removal.Seen = merge.SeenOf(state, merge.ID{})
			}
		}
	}
}
