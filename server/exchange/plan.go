package exchange

import (
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	"github.com/keluarga-sehat/sync/internal/workbook"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// plan decides what of a family in a file goes in, beside what is stored:
//
//   - The file's round is that of its year, whoever opened it; of a year surveyed twice the
//     later one. An older correction of a year that is stored goes in not at all.
//   - A year before the latest one stored adds its round and members who are
//     not known yet; family and members stay as the later year has them.
//   - A value entered here stays unless the file was updated after it.
//   - A newer correction whose file has all columns also empties what an
//     earlier import had filled in and the file has no more.
type plan struct {
	stored *merge.State
	in     incoming
	// importer is the device number of imports.
	importer uint32

	// updated is the file's updated_at; zero where it has none.
	updated time.Time
	// older: the file is older than what is stored; newer: newer than what an
	// import stored of the same year; history: a later year is stored.
	older, newer, history bool
	// kept counts values left as they are because they were entered here later.
	kept int
}

func newPlan(stored *merge.State, in incoming, importer uint32) (*plan, error) {
	p := &plan{stored: stored, in: in, importer: importer}
	round := in.household.GetRounds()[0]
	updated := rawsurvei.UpdatedAt(round.GetRound())
	p.updated = updatedTime(updated)
	if len(stored.Records) == 0 {
		return p, nil
	}
	view, err := merge.View(stored)
	if err != nil {
		return nil, err
	}
	correct(round, view.GetRounds())
	for _, r := range view.GetRounds() {
		if r.GetRoundId() == round.GetRoundId() {
			if before := rawsurvei.UpdatedAt(r.GetRound()); before != "" {
				order := compareUpdated(updated, before)
				p.older, p.newer = order < 0, order > 0
			}
		} else if r.GetRound().GetSurveyDate() > round.GetRound().GetSurveyDate() {
			p.history = true
		}
	}
	return p, nil
}

// correct makes a file's round that of its date or else the last of its year which is
// stored, if a device opened it: a correction belongs to its round, and never moves its survey date (DOMAIN.md, "Rounds").
func correct(round *ksv1.HouseholdRound, stored []*ksv1.HouseholdRound) {
	var of *ksv1.HouseholdRound
	date := round.GetRound().GetSurveyDate()
	for _, r := range stored {
		switch {
		case r.GetRoundId() == round.GetRoundId():
			return
		case r.GetRound().GetWithdrawal() != nil || year(r) == "" || year(r) != year(round):
		case of == nil || of.GetRound().GetSurveyDate() != date:
			of = r // they stand in the order of their survey dates; of that very date goes first
		}
	}
	if of != nil {
		round.RoundId = of.GetRoundId()
		round.GetRound().SurveyDate = proto.String(of.GetRound().GetSurveyDate())
	}
}

// year is the calendar year that a round was surveyed in; "" where it has no date.
func year(r *ksv1.HouseholdRound) string {
	date, err := prokesga.ParseDate(r.GetRound().GetSurveyDate())
	if err != nil {
		return ""
	}
	return date.String()[:len("2006")]
}

// compareUpdated orders two updated_at by the time that they tell, or, where one tells none,
// by their text.
func compareUpdated(a, b string) int {
	if at, bt := updatedTime(a), updatedTime(b); !at.IsZero() && !bt.IsZero() {
		return at.Compare(bt)
	}
	return strings.Compare(a, b)
}

// updatedLayouts are the forms of updated_at met in exports, with any fraction of a second;
// the national application writes local time of Jakarta. The zones are as databases write them.
var updatedLayouts = []string{
	time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04", time.DateOnly,
	time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05Z07",
	"2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 Z0700", "2006-01-02 15:04:05 Z07",
}

var jakarta = time.FixedZone("WIB", 7*60*60)

// updatedTime is the time that an updated_at tells; zero where it tells none.
func updatedTime(text string) time.Time {
	for _, layout := range updatedLayouts {
		if t, err := time.ParseInLocation(layout, text, jakarta); err == nil {
			return t
		}
	}
	return workbookTime(text)
}

// workbookTime reads a time that a workbook keeps as days since 1900.
func workbookTime(text string) time.Time {
	t, ok := workbook.Moment(text, 2000, false)
	if !ok {
		return time.Time{}
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, jakarta)
}

func (p *plan) edits() ([]merge.RecordEdit, error) {
	all, err := merge.Edits(p.in.household)
	if err != nil {
		return nil, err
	}
	out := all[:0]
	for _, e := range all {
		record := p.stored.Record(e.Key)
		if p.history && record != nil && (e.Key.Kind == merge.KindFamily || e.Key.Kind == merge.KindMember) {
			continue
		}
		if record != nil {
			p.trim(&e, record)
		}
		out = append(out, e)
	}
	return out, nil
}

// trim takes out of an edit what was entered here later, and adds what the file
// empties.
func (p *plan) trim(e *merge.RecordEdit, record *merge.Record) {
	set := proto.Clone(e.Set).ProtoReflect()
	fields := set.Descriptor().Fields()
	for i := range record.Registers {
		register := &record.Registers[i]
		fd := fields.ByNumber(register.Field)
		if fd == nil {
			continue
		}
		shown := register.Shown()
		switch has := set.Has(fd); {
		case has && p.enteredLater(shown):
			if !sameElement(set, fd, shown.Element) {
				p.kept++
			}
			set.Clear(fd)
		case !has && p.newer && p.in.whole && shown.Element != nil && shown.Stamp.Device == p.importer:
			e.Clear = append(e.Clear, register.Field)
		}
	}
	e.Set = set.Interface()
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
