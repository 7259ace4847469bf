package exchange

import (
	"cmp"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// aFile is a family as a file of the survey date and updated_at has it.
func aFile(date, updated string) *ksv1.Household {
	round := &ksv1.Round{SurveyDate: proto.String(date), CleanWater: ksv1.Answer_ANSWER_YA.Enum()}
	round.SourceColumns = &ksv1.SourceColumns{Columns: []*ksv1.SourceColumn{{Name: "survei_updated_at", Value: updated}}}
	return rawsurvei.ForStore(&rawsurvei.Family{ID: "K1", Household: &ksv1.Household{
		FamilyId: "K1", Family: &ksv1.Family{}, Rounds: []*ksv1.HouseholdRound{{RoundId: "K1", Round: round}},
	}})
}

// stored is the state of a family that a device has entered.
func stored(t *testing.T, h *ksv1.Household, device uint32) *merge.State {
	t.Helper()
	id, err := merge.ParseID(h.FamilyId)
	if err != nil {
		t.Fatal(err)
	}
	state := merge.State{Family: id}
	edits, err := merge.Edits(h)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := merge.NewChange(&state, merge.Stamp{TimeMS: 1_700_000_000_000, Device: device}, edits)
	if err != nil {
		t.Fatal(err)
	}
	delta, err := merge.FromChange(c)
	if err != nil {
		t.Fatal(err)
	}
	state = merge.Join(state, delta)
	return &state
}

const importer = 1

// Corrections are told older from newer by the time that they tell, however it is written.
func TestUpdatedAtIsComparedAsATime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ stored, file string }{
		{"2018-02-03 08:00:00", "2018-02-03 09:00:00"},
		{"2018-02-03T08:00:00", "2018-02-03 09:00:00"},
		{"2018-02-03T08:00:00+07:00", "2018-02-03T02:00:00Z"},
		{"2018-02-03 08:00:00+07", "2018-02-03 08:00:00.123456+07"},
		{"2018-02-03 09:00:00+08", "2018-02-03 02:00:00Z"},
		{"2018-02-03 09:00:00 +0800", "2018-02-03 09:00:00 +07:00"},
		{"43134.5", "2018-03-03 09:00:00"}, // as a workbook keeps a time: 2018-02-03 12:00
		{"2018-02-03 11:59:59", "43134.5"},
	} {
		for _, turned := range []bool{false, true} {
			before, after := c.stored, c.file
			if turned {
				before, after = after, before
			}
			p, err := newPlan(stored(t, aFile("2018-02-01", before), importer), incoming{household: aFile("2018-02-01", after)}, importer)
			if err != nil {
				t.Fatal(err)
			}
			if p.older != turned || p.newer == turned {
				t.Errorf("%s after %s: older %t, newer %t", after, before, p.older, p.newer)
			}
		}
	}
}

// A file of a year that a device has surveyed corrects that round and opens none beside it,
// nor does it move the survey date.
func TestAFileCorrectsTheRoundOfItsYear(t *testing.T) {
	t.Parallel()
	const native, later = "01234567-89ab-8def-8123-456789abcdef", "01234567-89ab-8def-8123-456789abcdf0"
	round := func(id, date string, withdrawn bool) *ksv1.HouseholdRound {
		r := &ksv1.HouseholdRound{RoundId: id, Round: &ksv1.Round{SurveyDate: proto.String(date)}}
		if withdrawn {
			r.Round.Withdrawal = &ksv1.Withdrawal{}
		}
		return r
	}
	for name, c := range map[string]struct {
		stored  []*ksv1.HouseholdRound
		correct string // the round; "": one of its own
		date    string
		rounds  int
		file    string // its survey date; "": 2024-05-20
	}{
		"one":                   {[]*ksv1.HouseholdRound{round(native, "2024-05-17", false)}, native, "2024-05-17", 1, ""},
		"two of the year":       {[]*ksv1.HouseholdRound{round(native, "2024-02-01", false), round(later, "2024-05-17", false)}, later, "2024-05-17", 2, ""},
		"that of its very date": {[]*ksv1.HouseholdRound{round(native, "2024-02-01", false), round(later, "2024-05-17", false)}, native, "2024-02-01", 2, "2024-02-01"},
		"another year":          {[]*ksv1.HouseholdRound{round(native, "2023-05-17", false)}, "", "2024-05-20", 2, ""},
		"withdrawn":             {[]*ksv1.HouseholdRound{round(native, "2024-05-17", true)}, "", "2024-05-20", 2, ""},
		"withdrawn, then anew":  {[]*ksv1.HouseholdRound{round(native, "2024-02-01", false), round(later, "2024-05-17", true)}, native, "2024-02-01", 2, ""},
	} {
		h := aFile("2024-05-17", "")
		h.Rounds = c.stored
		state := stored(t, h, 9)
		p, err := newPlan(state, incoming{household: aFile(cmp.Or(c.file, "2024-05-20"), "2030-02-03 08:00:00")}, importer)
		if err != nil {
			t.Fatal(err)
		}
		edits, err := p.edits()
		if err != nil {
			t.Fatal(err)
		}
		after, err := merge.Preview(state, edits)
		if err != nil {
			t.Fatal(err)
		}
		if len(after.GetRounds()) != c.rounds {
			t.Errorf("%s: %d rounds, %d expected", name, len(after.GetRounds()), c.rounds)
		}
		for _, r := range after.GetRounds() {
			own := r.GetRoundId() != native && r.GetRoundId() != later
			if r.GetRoundId() != c.correct && (!own || c.correct != "") {
				continue
			}
			if r.GetRound().GetSurveyDate() != c.date || r.GetRound().GetCleanWater() != ksv1.Answer_ANSWER_YA {
				t.Errorf("%s: the round corrected is %v", name, r)
			}
		}
	}
}
