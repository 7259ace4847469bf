package iks

import (
	"fmt"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// message is the short form as the contract's Household with one round of
// 2024-05-17; everybody is born on a 17th.
func (f *shortFamily) message() *ksv1.Household {
	h := f.compact()
	answer := func(a Answer) *ksv1.Answer {
		if a == NoAnswer {
			return nil
		}
		return ksv1.Answer(a).Enum()
	}
	round := &ksv1.HouseholdRound{RoundId: "r1", Round: &ksv1.Round{SurveyDate: proto.String("2024-05-17"),
		CleanWater: answer(h.CleanWater), ProtectedWater: answer(h.ProtectedWater), Toilet: answer(h.Toilet), SanitaryToilet: answer(h.SanitaryToilet),
		MentalDisorder: answer(h.MentalDisorder), MentalDisorderMedicine: answer(h.MentalDisorderMedicine), Restrained: answer(h.Restrained)}}
	family := &ksv1.Household{FamilyId: f.ID, Family: &ksv1.Family{}, Rounds: []*ksv1.HouseholdRound{round}}
	id := func(l Link) *string {
		if l == 0 {
			return nil
		}
		position, _ := l.Position()
		return proto.String(fmt.Sprintf("m%d", position)) // LinkOutside is "m-2": nobody
	}
	for i, m := range h.Members {
		born := 2024*12 + 4 - int(m.AgeMonths)
		family.Members = append(family.Members, &ksv1.HouseholdMember{MemberId: fmt.Sprintf("m%d", i), Member: &ksv1.Member{
			Sex: ksv1.Sex(m.Sex).Enum(), BirthDate: proto.String(fmt.Sprintf("%04d-%02d-17", born/12, born%12+1)), MotherId: id(m.Mother)}})
		relation := ksv1.Relation_RELATION_CHILD
		if !m.Inti {
			relation = ksv1.Relation_RELATION_GRANDCHILD
		}
		part := &ksv1.Individual{Relation: &relation, MaritalStatus: ksv1.MaritalStatus(m.Marital).Enum(), SpouseId: id(m.Spouse), Pregnant: answer(m.Pregnant),
			HealthInsurance: answer(m.HealthInsurance), Smokes: answer(m.Smokes), UsesToilet: answer(m.UsesToilet), UsesCleanWater: answer(m.UsesCleanWater),
			Tuberculosis: answer(m.Tuberculosis), TuberculosisMedicine: answer(m.TuberculosisMedicine), TuberculosisSymptoms: answer(m.TuberculosisSymptoms),
			Hypertension: answer(m.Hypertension), HypertensionMedicine: answer(m.HypertensionMedicine), Contraception: answer(m.Contraception),
			ContraceptionReason: ksv1.ContraceptionReason(m.ContraceptionReason).Enum(), BirthInFacility: answer(m.BirthInFacility),
			ExclusiveBreastfeeding: answer(m.ExclusiveBreastfeeding), CompleteImmunisation: answer(m.CompleteImmunisation), GrowthMonitored: answer(m.GrowthMonitored)}
		if m.SystolicMmhg > 0 {
			part.SystolicMmhg = proto.Uint32(uint32(m.SystolicMmhg))
		}
		if m.DiastolicMmhg > 0 {
			part.DiastolicMmhg = proto.Uint32(uint32(m.DiastolicMmhg))
		}
		round.Individuals = append(round.Individuals, &ksv1.HouseholdIndividual{MemberId: fmt.Sprintf("m%d", i), Individual: part})
	}
	return family
}

func TestRecordsGiveTheSameHouseholdAsTheShortForm(t *testing.T) {
	t.Parallel()
	families := readFamilies(t)
	families = append(families, parse(t, family(man(`"id":1,"kb":"Y","partner":2`), wife(`"id":2,"partner":99,"out":true`), `{"sex":"L","m":0,"mother":2}`,
		`{"sex":"L","m":5,"mother":98}`, `{"sex":"P","m":600,"bp":[150,0],"marital":4}`)))
	for _, f := range families {
		want, message := f.compact(), f.message()
		got, ids := FromHousehold(message, message.GetRounds()[0])
		if fmt.Sprint(*got) != fmt.Sprint(*want) || len(ids) != len(f.Members) {
			t.Errorf("%s: records give\n%+v, want\n%+v", f.ID, *got, *want)
		}
		if a := Assess(message, AnyYear); f.Values != "" && (a.Besar.Values.String() != f.Values || a.Besar.Category.String() != f.Category) {
			t.Errorf("%s: assessed %s %s, want %s %s", f.ID, a.Besar.Values, a.Besar.Category, f.Values, f.Category)
		}
	}
}

// couple is a family of husband m0, wife m1 and infant m2 linked to her, all
// answers good, surveyed on 2024-05-17.
func couple(t *testing.T) *ksv1.Household {
	t.Helper()
	return parse(t, family(husband, wife(`"id":1,"kb":"Y","faskes":"Y"`), `{"sex":"P","m":5,"mother":1,"tumbuh":"Y"}`)).message()
}

// again adds a copy of the first round under another date.
func again(h *ksv1.Household, date string) *ksv1.Round {
	round := proto.Clone(h.GetRounds()[0]).(*ksv1.HouseholdRound)
	round.RoundId, round.Round.SurveyDate = "r-"+date, proto.String(date)
	h.Rounds = append(h.Rounds, round)
	return round.GetRound()
}

func TestLatestCompleteRoundCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what   string
		change func(h *ksv1.Household)
		want   string // survey date besar, inti
	}{
		{"one round", func(*ksv1.Household) {}, "2024-05-17 2024-05-17"},
		{"the later one", func(h *ksv1.Household) { again(h, "2024-06-02") }, "2024-06-02 2024-06-02"},
		{"by date, not by order", func(h *ksv1.Household) { again(h, "2023-01-02") }, "2024-05-17 2024-05-17"},
		{"the later is incomplete", func(h *ksv1.Household) { again(h, "2024-06-02").CleanWater = nil }, "2024-05-17 2024-05-17"},
		{"the later is incomplete for besar only", func(h *ksv1.Household) {
			h.Rounds[0].Individuals[0].Individual.Relation = ksv1.Relation_RELATION_OTHER.Enum()
			again(h, "2024-06-02")
			h.Rounds[1].Individuals[0].Individual.Smokes = nil
		}, "2024-05-17 2024-06-02"},
		{"none is complete", func(h *ksv1.Household) {
			h.Rounds[0].Round.CleanWater = nil
			again(h, "2024-06-02")
		}, "2024-06-02 2024-06-02"},
		{"the later is withdrawn", func(h *ksv1.Household) { again(h, "2024-06-02").Withdrawal = &ksv1.Withdrawal{Date: "2024-06-02"} }, "2024-05-17 2024-05-17"},
		{"only a withdrawn one", func(h *ksv1.Household) { h.Rounds[0].Round.Withdrawal = &ksv1.Withdrawal{} }, " "},
		{"no survey date", func(h *ksv1.Household) { h.Rounds[0].Round.SurveyDate = nil }, " "},
		{"no round", func(h *ksv1.Household) { h.Rounds = nil }, " "},
		{"the later has nobody", func(h *ksv1.Household) { again(h, "2024-06-02"); h.Rounds[1].Individuals = nil }, "2024-05-17 2024-05-17"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			h := couple(t)
			c.change(h)
			a := Assess(h, AnyYear)
			if got := a.Besar.SurveyDate.String() + " " + a.Inti.SurveyDate.String(); got != c.want {
				t.Errorf("counted %q, want %q", got, c.want)
			}
			if a.Counts() != (c.want != " ") || (a.Packed() == 0) == a.Counts() {
				t.Errorf("counts %t, packed %#x", a.Counts(), a.Packed())
			}
		})
	}
}

// What is still to be asked is told by the latest round, whichever counts.
func TestTheLatestRoundIsTheLatestBegun(t *testing.T) {
	t.Parallel()
	incomplete := func(r *ksv1.Round) { r.CleanWater = nil }
	for _, c := range []struct {
		what   string
		change func(h *ksv1.Household)
		want   string // its survey date and category
	}{
		{"one round", func(*ksv1.Household) {}, "2024-05-17 sehat"},
		{"a later one was begun", func(h *ksv1.Household) { incomplete(again(h, "2025-06-02")) }, "2025-06-02 belum lengkap"},
		{"an older one was typed in late", func(h *ksv1.Household) { incomplete(again(h, "2023-06-02")) }, "2024-05-17 sehat"},
		{"a later one has no date yet", func(h *ksv1.Household) { again(h, "").SurveyDate = nil }, " belum lengkap"},
		{"an older one has no date", func(h *ksv1.Household) { again(h, "2024-06-02"); h.Rounds[0].Round.SurveyDate = nil }, "2024-06-02 sehat"},
		{"the later one was withdrawn", func(h *ksv1.Household) { again(h, "2025-06-02").Withdrawal = &ksv1.Withdrawal{} }, "2024-05-17 sehat"},
		{"the only one was withdrawn", func(h *ksv1.Household) { h.Rounds[0].Round.Withdrawal = &ksv1.Withdrawal{} }, " "},
		{"none", func(h *ksv1.Household) { h.Rounds = nil }, " "},
		{"a removed family", func(h *ksv1.Household) { h.Family.Removal = &ksv1.Removal{} }, " "},
	} {
		h := couple(t)
		c.change(h)
		a := new(Loader).Latest(h)
		if got := a.Inti.SurveyDate.String() + " " + a.Inti.Category.String(); got != c.want || (a.Besar.Round >= 0) != (c.want != " ") {
			t.Errorf("%s: %q of round %d, want %q", c.what, got, a.Besar.Round, c.want)
		}
	}
}

func TestOfTwoRoundsOfOneDateTheLaterOpenedCounts(t *testing.T) {
	t.Parallel()
	h := couple(t)
	again(h, "2024-05-17").CleanWater = ksv1.Answer_ANSWER_TIDAK.Enum()
	if a := Assess(h, AnyYear); a.Besar.Round != 1 || a.Besar.Values[10] != T {
		t.Errorf("round %d, %s", a.Besar.Round, a.Besar.Values)
	}
}

func TestYearAsksForItsOwnRounds(t *testing.T) {
	t.Parallel()
	h := couple(t)
	again(h, "2025-01-02")
	for year, want := range map[int]string{2024: "2024-05-17", 2025: "2025-01-02", 2026: ""} {
		if got := Assess(h, year).Besar.SurveyDate.String(); got != want {
			t.Errorf("%d: %q, want %q", year, got, want)
		}
	}
	h.Family.Removal = &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2024-08-01"}
	if !Assess(h, 2024).Counts() || Assess(h, 2025).Counts() || Assess(h, AnyYear).Counts() {
		t.Error("a family that moved in August 2024 counts in 2024 alone")
	}
}

func TestRemovedFamilyDoesNotCount(t *testing.T) {
	t.Parallel()
	for reason := range ksv1.RemovalReason_name {
		h := couple(t)
		h.Family.Removal = &ksv1.Removal{Reason: ksv1.RemovalReason(reason), Date: "2025-01-01"}
		if Assess(h, AnyYear).Counts() {
			t.Errorf("removed as %s, counts", ksv1.RemovalReason(reason))
		}
	}
}

func TestRemovalOfAMemberActsOnItsRounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		reason ksv1.RemovalReason
		date   string
		there  bool // still in the round of 2024-05-17
	}{
		{ksv1.RemovalReason_REMOVAL_REASON_DIED, "2024-05-16", false},
		{ksv1.RemovalReason_REMOVAL_REASON_DIED, "2024-05-17", true},
		{ksv1.RemovalReason_REMOVAL_REASON_DIED, "2024-05-18", true},
		{ksv1.RemovalReason_REMOVAL_REASON_MOVED, "2024-05-16", false},
		{ksv1.RemovalReason_REMOVAL_REASON_MOVED, "2025-01-01", true},
		{ksv1.RemovalReason_REMOVAL_REASON_MOVED, "", false},
		{ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, "2025-01-01", false},
		{ksv1.RemovalReason_REMOVAL_REASON_DELETED_AT_SOURCE, "2025-01-01", false},
	} {
		h := couple(t)
		h.Members[1].Member.Removal = &ksv1.Removal{Reason: c.reason, Date: c.date}
		household, ids := FromHousehold(h, h.GetRounds()[0])
		if got := slices.Contains(ids, "m1"); got != c.there {
			t.Errorf("%s on %q: takes part %t", c.reason, c.date, got)
		}
		if infant := household.Members[len(ids)-1]; !c.there && infant.Mother != LinkOutside {
			t.Errorf("%s on %q: the link to the removed mother is %d", c.reason, c.date, infant.Mother)
		}
	}
}

func TestMemberTakesPartByARecordThatDoesNotSayAbsent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what  string
		part  *ksv1.Individual
		there bool
	}{
		{"present", &ksv1.Individual{Present: proto.Bool(true)}, true},
		{"absent with answers", &ksv1.Individual{Present: proto.Bool(false), Smokes: ksv1.Answer_ANSWER_YA.Enum()}, false},
		{"not said, one answer", &ksv1.Individual{Smokes: ksv1.Answer_ANSWER_YA.Enum()}, true},
		{"an empty record", &ksv1.Individual{}, false},
		{"no record", nil, false},
	} {
		h := couple(t)
		h.Rounds[0].Individuals[0].Individual = c.part
		if _, ids := FromHousehold(h, h.GetRounds()[0]); slices.Contains(ids, "m0") != c.there {
			t.Errorf("%s: takes part %t", c.what, !c.there)
		}
	}
}

func TestStatedAgeAndUnreadableFactsAreNeverGuessed(t *testing.T) {
	t.Parallel()
	h := couple(t)
	infant := h.Members[2].Member
	infant.BirthDate, infant.StatedAge = nil, &ksv1.StatedAge{Months: 10, AsOf: "2024-03-01", InMonths: true}
	age := func() int16 {
		household, _ := FromHousehold(h, h.GetRounds()[0])
		return household.Members[2].AgeMonths
	}
	if got := age(); got != 12 {
		t.Errorf("10 months on 2024-03-01 are %d on 2024-05-17", got)
	}
	infant.BirthDate = proto.String("2024-05-18")
	if got := age(); got != -1 {
		t.Errorf("born tomorrow: %d months", got)
	}
	h.Rounds[0].Individuals[2].Individual.Smokes = ksv1.Answer(257).Enum()
	h.Rounds[0].Individuals[2].Individual.MaritalStatus = ksv1.MaritalStatus(257).Enum()
	household, _ := FromHousehold(h, h.GetRounds()[0])
	if m := household.Members[2]; m.Smokes != NoAnswer || m.Marital != 0 {
		t.Errorf("codes of a later version are read as %d, %d", m.Smokes, m.Marital)
	}
}

func TestExplainNamesMembersByID(t *testing.T) {
	t.Parallel()
	h := couple(t)
	h.Rounds[0].Round.ProtectedWater = ksv1.Answer_ANSWER_TIDAK.Enum()
	h.Rounds[0].Individuals[0].Individual.Smokes = ksv1.Answer_ANSWER_YA.Enum()
	var got []string
	for _, e := range Explain(h, h.GetRounds()[0], Inti) {
		got = append(got, fmt.Sprintf("%d %q %s", e.Indicator, e.MemberID, e.Question))
	}
	if want := []string{`9 "m0" V.2`, `11 "" II.4`}; !slices.Equal(got, want) {
		t.Errorf("explained by %q, want %q", got, want)
	}
}
