package form

import (
	"errors"
	"slices"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// ids draws 1, 2, 3 ...
func ids() func() merge.ID {
	n := byte(0)
	return func() merge.ID {
		n++
		return merge.ID{6: 0x80, 8: 0x80, 15: n}
	}
}

func day(t *testing.T, text string) prokesga.Today {
	t.Helper()
	d, err := prokesga.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return prokesga.Today{Date: d}
}

// on checks a family on a day.
func on(t *testing.T, date string) func(*ksv1.Household) []prokesga.Finding {
	today := day(t, date)
	return func(h *ksv1.Household) []prokesga.Finding { return prokesga.CheckHousehold(h, today) }
}

// household is a man who smokes and a baby of 8 months, as protojson.
const household = `{"familyId":"00000000-0000-8000-8000-0000000000f1","family":{"headName":"Budi"},
"members":[
 {"memberId":"00000000-0000-8000-8000-0000000000a1","member":{"name":"Budi","sex":"SEX_MALE","birthDate":"1980-01-31","number":1}},
 {"memberId":"00000000-0000-8000-8000-0000000000a2","member":{"name":"Sari","sex":"SEX_FEMALE","birthDate":"2023-09-17","number":2}}],
"rounds":[{"roundId":"00000000-0000-8000-8000-0000000000c1","round":{"surveyDate":"2024-05-17","cleanWater":"ANSWER_TIDAK"},"individuals":[
 {"memberId":"00000000-0000-8000-8000-0000000000a1","individual":{"present":true,"relation":"RELATION_HEAD","maritalStatus":"MARITAL_STATUS_DIVORCED","smokes":"ANSWER_YA"}},
 {"memberId":"00000000-0000-8000-8000-0000000000a2","individual":{"present":true,"relation":"RELATION_CHILD","maritalStatus":"MARITAL_STATUS_SINGLE"}}]}]}`

func read(t *testing.T) *ksv1.Household {
	t.Helper()
	h := &ksv1.Household{}
	if err := protojson.Unmarshal([]byte(household), h); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestAFormAsksWhatAppliesAndNamesFieldsAndOptionsAsJSONDoes(t *testing.T) {
	f := Build(read(t), "", Options{Check: on(t, "2024-05-17"), NewID: ids()})
	asked := map[string]*ksv1.FormQuestion{}
	for _, q := range f.GetQuestions() {
		asked[q.GetMemberId()+" "+q.GetNumber()+" "+q.GetField()] = q
	}
	const baby, man = "00000000-0000-8000-8000-0000000000a2", "00000000-0000-8000-8000-0000000000a1"
	breastfed := asked[baby+" V.13 exclusiveBreastfeeding"]
	if breastfed == nil || len(breastfed.GetOptions()) != 2 || breastfed.GetOptions()[0].GetValue() != "ANSWER_YA" || breastfed.GetOptions()[0].GetLabel() != "Ya" {
		t.Errorf("V.13 of a baby of 8 months: %v", breastfed)
	}
	for _, no := range []string{man + " V.13 exclusiveBreastfeeding", baby + " V.3 usesToilet", " II.4 protectedWater"} {
		if asked[no] != nil {
			t.Errorf("%s is asked, though it does not apply", no)
		}
	}
	if len(f.GetSpareIds()) != SpareIDs || f.GetSpareIds()[0] == f.GetSpareIds()[1] {
		t.Errorf("spare ids: %v", f.GetSpareIds())
	}
	people := f.GetPeople()
	if len(people) != 2 || people[1].GetAge() != "8 bulan" || !people[1].GetInti() || people[1].GetUnanswered() == 0 {
		t.Errorf("people: %v", people)
	}
	if f.GetInti().GetCategory() != ksv1.Category_CATEGORY_BELUM_LENGKAP || f.GetInti().GetIks() != "" || f.GetInti().GetValues()[8] != '?' && f.GetInti().GetValues()[8] != 'T' {
		t.Errorf("index of an unfinished family: %v", f.GetInti())
	}
	var water *ksv1.FormAdvice
	for _, a := range f.GetAdvice() {
		if a.GetIndicator() == 11 {
			water = a
		}
	}
	if water == nil || water.GetAdvice() == "" || len(water.GetPeople()) != 0 {
		t.Errorf("advice about water: %v", f.GetAdvice())
	}
}

func TestAgesAreToldInYearsAndMonths(t *testing.T) {
	survey := day(t, "2024-05-17").Date
	for _, c := range []struct {
		member *ksv1.Member
		want   string
	}{
		{&ksv1.Member{BirthDate: proto.String("2024-05-17")}, "0 bulan"},
		{&ksv1.Member{BirthDate: proto.String("2022-02-17")}, "2 tahun 3 bulan"},
		{&ksv1.Member{BirthDate: proto.String("2014-05-17")}, "10 tahun"},
		{&ksv1.Member{StatedAge: &ksv1.StatedAge{Months: 36, AsOf: "2024-05-17"}}, "3 tahun (perkiraan)"},
		{&ksv1.Member{}, ""},
		{&ksv1.Member{BirthDate: proto.String("2024-05-18")}, ""},
	} {
		if got := AgeText(c.member, survey); got != c.want {
			t.Errorf("age of %v: %q, want %q", c.member, got, c.want)
		}
	}
}

func TestEditsSetAndClearFieldsOfOneRecordTogether(t *testing.T) {
	const round = "00000000-0000-8000-8000-0000000000c1"
	set := &ksv1.Household{Rounds: []*ksv1.HouseholdRound{{RoundId: round, Round: &ksv1.Round{Toilet: ksv1.Answer_ANSWER_TIDAK.Enum()}}}}
	edits, err := Edits(set, []*ksv1.FormField{{Kind: ksv1.RecordKind_RECORD_KIND_ROUND, RecordId: round, Field: "sanitaryToilet"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(edits) != 1 || len(edits[0].Clear) != 1 || edits[0].Clear[0] != 6 {
		t.Errorf("edits: %+v", edits)
	}
	for _, wrong := range []*ksv1.FormField{
		{Kind: ksv1.RecordKind_RECORD_KIND_ROUND, RecordId: round, Field: "noSuchField"},
		{Kind: ksv1.RecordKind_RECORD_KIND_UNSPECIFIED, Field: "toilet"},
		{Kind: ksv1.RecordKind_RECORD_KIND_ROUND, RecordId: "no-id", Field: "toilet"},
	} {
		var bad *FieldError
		if _, err := Edits(nil, []*ksv1.FormField{wrong}); err == nil {
			t.Errorf("clearing %v was taken", wrong)
		} else if !errors.As(err, &bad) {
			t.Errorf("clearing %v: %v tells no field", wrong, err)
		}
	}
}

func TestStateTellsFirstWhatIsToBeDone(t *testing.T) {
	for _, c := range []struct {
		name  string
		facts Facts
		want  ksv1.FormState
	}{
		{"nothing known", Facts{}, ksv1.FormState_FORM_STATE_NOT_VISITED},
		{"nobody at home", Facts{LastVisit: ksv1.VisitOutcome_VISIT_OUTCOME_NOT_AT_HOME}, ksv1.FormState_FORM_STATE_DRAFT},
		{"begun", Facts{HasRound: true, Category: iks.Incomplete}, ksv1.FormState_FORM_STATE_DRAFT},
		{"an index", Facts{HasRound: true, Category: iks.TidakSehat, Unsubmitted: true}, ksv1.FormState_FORM_STATE_COMPLETE},
		{"refused", Facts{LastVisit: ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED}, ksv1.FormState_FORM_STATE_REFUSED},
		{"refused, and surveyed later", Facts{HasRound: true, Category: iks.Sehat, Unsubmitted: true, LastVisit: ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED, SurveyedSince: true}, ksv1.FormState_FORM_STATE_COMPLETE},
		{"had moved, and was surveyed later", Facts{HasRound: true, Category: iks.Incomplete, LastVisit: ksv1.VisitOutcome_VISIT_OUTCOME_MOVED, SurveyedSince: true}, ksv1.FormState_FORM_STATE_DRAFT},
		{"complete, and refused later", Facts{HasRound: true, Category: iks.Sehat, LastVisit: ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED}, ksv1.FormState_FORM_STATE_REFUSED},
		{"returned, though complete", Facts{HasRound: true, Category: iks.Sehat, Review: ksv1.ReviewState_REVIEW_STATE_RETURNED}, ksv1.FormState_FORM_STATE_RETURNED},
		{"changed since approval", Facts{HasRound: true, Category: iks.Sehat, Reopened: true, Review: ksv1.ReviewState_REVIEW_STATE_CHANGED_SINCE_APPROVAL}, ksv1.FormState_FORM_STATE_COMPLETE},
		{"changed since approval by an import", Facts{HasRound: true, Category: iks.Sehat, Review: ksv1.ReviewState_REVIEW_STATE_CHANGED_SINCE_APPROVAL}, ksv1.FormState_FORM_STATE_SURVEYED},
		{"gone, though returned", Facts{Gone: true, Review: ksv1.ReviewState_REVIEW_STATE_RETURNED}, ksv1.FormState_FORM_STATE_MOVED},
	} {
		if got := State(c.facts); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTheWholeQuestionnaireNamesAFieldForEveryQuestion(t *testing.T) {
	for _, q := range Questionnaire() {
		if q.GetField() == "" || q.GetLabel() == "" || q.GetInput() == ksv1.FormInput_FORM_INPUT_UNSPECIFIED {
			t.Errorf("question %s has no field, label or input: %v", q.GetNumber(), q)
		}
		for _, o := range q.GetOptions() {
			if o.GetValue() == "" {
				t.Errorf("question %s: option %q has no value", q.GetNumber(), o.GetLabel())
			}
		}
	}
}

// What an import brings is nobody's to submit, also where somebody was approved before it.
func TestOnlyPeopleLeaveSomethingToSubmit(t *testing.T) {
	const round, visit = "00000000-0000-8000-8000-0000000000c1", "00000000-0000-8000-8000-0000000000c2"
	id, err := merge.ParseID(round)
	if err != nil {
		t.Fatal(err)
	}
	ours := []merge.ID{id}
	changed := func(record string, authors ...uint32) *ksv1.FamilyReview {
		return &ksv1.FamilyReview{
			State: ksv1.ReviewState_REVIEW_STATE_CHANGED_SINCE_APPROVAL, Authors: authors, Changes: []*ksv1.ReviewChange{{RecordId: record}},
		}
	}
	for _, c := range []struct {
		name                  string
		collected             []merge.ID
		review                *ksv1.FamilyReview
		unsubmitted, reopened bool
	}{
		{"never submitted", ours, nil, true, false},
		{"never submitted, imported", nil, nil, false, false},
		{"the import's round", nil, changed(round, 0), false, false},
		{"the import's round, and the address by people", nil, changed(round, 0, 5), false, false},
		{"people's round, corrected by an import", ours, changed(round, 0), false, false},
		{"people's round, corrected", ours, changed(round, 5), true, false},
		{"all but the round, by people", ours, changed(visit, 0, 5), false, true},
		{"all but the round, by an import", ours, changed(visit, 0), false, false},
		{"approved", ours, &ksv1.FamilyReview{State: ksv1.ReviewState_REVIEW_STATE_APPROVED, Authors: []uint32{5}}, false, false},
	} {
		if got := Unsubmitted(round, c.collected, c.review); got != c.unsubmitted {
			t.Errorf("%s: unsubmitted %v", c.name, got)
		}
		if got := Reopened(round, c.review); got != c.reopened {
			t.Errorf("%s: reopened %v", c.name, got)
		}
	}
}

// Families are surveyed every year: what an earlier year's round, visit or approval said is
// over, but for work of people that nobody was told of yet.
func TestStateIsOfThePresentSurveyYear(t *testing.T) {
	const (
		year, last = 2026, 2025
		approved   = ksv1.ReviewState_REVIEW_STATE_APPROVED
		changed    = ksv1.ReviewState_REVIEW_STATE_CHANGED_SINCE_APPROVAL
		absent     = ksv1.VisitOutcome_VISIT_OUTCOME_NOT_AT_HOME
		refused    = ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED
		done       = ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED
	)
	for _, c := range []struct {
		name  string
		facts Facts
		want  ksv1.FormState
	}{
		{"imported, of an earlier year", Facts{RoundYear: last, Category: iks.Sehat}, ksv1.FormState_FORM_STATE_NOT_VISITED},
		{"imported, incomplete, of an earlier year", Facts{RoundYear: last, Category: iks.Incomplete}, ksv1.FormState_FORM_STATE_NOT_VISITED},
		{"imported, of this year", Facts{RoundYear: year, Category: iks.Sehat}, ksv1.FormState_FORM_STATE_SURVEYED},
		{"imported, incomplete, of this year", Facts{RoundYear: year, Category: iks.Incomplete}, ksv1.FormState_FORM_STATE_DRAFT},
		{"dated ahead", Facts{RoundYear: year + 1, Category: iks.Sehat, Unsubmitted: true}, ksv1.FormState_FORM_STATE_COMPLETE},
		{"without a date", Facts{Category: iks.Incomplete, Unsubmitted: true}, ksv1.FormState_FORM_STATE_DRAFT},
		{"collected on the last day of a year, not submitted", Facts{RoundYear: last, Category: iks.Sehat, Unsubmitted: true}, ksv1.FormState_FORM_STATE_COMPLETE},
		{"begun on the last day of a year", Facts{RoundYear: last, Category: iks.Incomplete, Unsubmitted: true}, ksv1.FormState_FORM_STATE_DRAFT},
		{"approved this year", Facts{RoundYear: year, Category: iks.Sehat, Review: approved}, ksv1.FormState_FORM_STATE_APPROVED},
		{"approved in an earlier year", Facts{RoundYear: last, Category: iks.Sehat, Review: approved}, ksv1.FormState_FORM_STATE_NOT_VISITED},
		{"approved then, changed apart from its round", Facts{RoundYear: last, Category: iks.Sehat, Review: changed, Reopened: true}, ksv1.FormState_FORM_STATE_NOT_VISITED},
		{"approved then, its round corrected", Facts{RoundYear: last, Category: iks.Sehat, Review: changed, Unsubmitted: true}, ksv1.FormState_FORM_STATE_COMPLETE},
		{"submitted in an earlier year", Facts{RoundYear: last, Category: iks.Sehat, Review: ksv1.ReviewState_REVIEW_STATE_SUBMITTED}, ksv1.FormState_FORM_STATE_SUBMITTED},
		{"surveyed last year, nobody at home this year", Facts{RoundYear: last, Category: iks.Sehat, Review: approved, LastVisit: absent, VisitYear: year}, ksv1.FormState_FORM_STATE_DRAFT},
		{"surveyed last year, advised this year", Facts{RoundYear: last, Category: iks.Sehat, Review: approved, LastVisit: done, VisitYear: year}, ksv1.FormState_FORM_STATE_NOT_VISITED},
		{"surveyed last year, refuses this year", Facts{RoundYear: last, Category: iks.Sehat, Review: approved, LastVisit: refused, VisitYear: year}, ksv1.FormState_FORM_STATE_REFUSED},
	} {
		c.facts.Year, c.facts.HasRound = year, true
		if got := State(c.facts); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	for _, outcome := range []ksv1.VisitOutcome{absent, refused} {
		if got := State(Facts{Year: year, LastVisit: outcome, VisitYear: last}); got != ksv1.FormState_FORM_STATE_NOT_VISITED {
			t.Errorf("without a round, %v last year: %v", outcome, got)
		}
	}
}

// Who died after the survey counts in its round and is asked about there; a new round
// and a family without one have only who is there.
func TestWhoDiedLaterIsInTheFormOfTheRound(t *testing.T) {
	h := read(t)
	baby := h.Members[1]
	listed := func(removal *ksv1.Removal) bool {
		baby.Member.Removal = removal
		f := Build(h, "", Options{Check: on(t, "2024-06-02"), NewID: ids()})
		return slices.ContainsFunc(f.GetPeople(), func(p *ksv1.FormPerson) bool { return p.GetMemberId() == baby.GetMemberId() && p.GetUnanswered() > 0 })
	}
	died, moved := ksv1.RemovalReason_REMOVAL_REASON_DIED, ksv1.RemovalReason_REMOVAL_REASON_MOVED
	if !listed(&ksv1.Removal{Reason: died, Date: "2024-06-01"}) || !listed(&ksv1.Removal{Reason: moved, Date: "2024-05-17"}) {
		t.Error("who died after the survey, or moved on its day, is not in the form")
	}
	if listed(&ksv1.Removal{Reason: died, Date: "2024-05-16"}) || listed(&ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, Date: "2024-06-01"}) {
		t.Error("who had died before the survey, or was entered twice, is in the form")
	}
	h.Rounds = nil
	if listed(&ksv1.Removal{Reason: died, Date: "2024-06-01"}) || len(Build(h, "", Options{Check: on(t, "2024-06-02"), NewID: ids()}).GetPeople()) != 1 {
		t.Error("who died is in the form of a family without a round")
	}
}

func TestAWithdrawnRoundIsShownToNobody(t *testing.T) {
	for _, asked := range []string{"", firstRound} {
		h := read(t)
		h.Rounds[0].Round.Withdrawal = &ksv1.Withdrawal{Date: "2024-05-17"}
		f := Build(h, asked, Options{Check: on(t, "2024-06-02"), NewID: ids()})
		if f.GetRoundId() != "" || len(f.GetQuestions()) > 0 || f.GetInti() != nil || len(f.GetHousehold().GetRounds()) > 0 || len(f.GetPeople()) != 2 {
			t.Errorf("asked for %q: round %q, %d questions, %v", asked, f.GetRoundId(), len(f.GetQuestions()), f.GetHousehold().GetRounds())
		}
	}
}
