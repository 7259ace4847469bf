package prokesga

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func TestFamilyWithoutAFaultHasNoFinding(t *testing.T) {
	t.Parallel()
	h := couple()
	if list := CheckHousehold(h, Today{Date: date(t, "2024-05-17")}); len(list) > 0 {
		t.Errorf("noticed %q", noticed(list))
	}
}

// TestChecksNoticeEachFault breaks the faultless family in one way each and
// expects exactly these findings.
func TestChecksNoticeEachFault(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what  string
		spoil func(h *ksv1.Household)
		want  []string
	}{
		{"a pregnant man", func(h *ksv1.Household) { _, p := ayah(h); p.Pregnant = ya.Enum() }, []string{"PREGNANT_MAN IV.8 ayah"}},
		{"a man who is not pregnant", func(h *ksv1.Household) { _, p := ayah(h); p.Pregnant = tidak.Enum() }, nil},
		{"an interview of a minute", func(h *ksv1.Household) {
			h.Visits = []*ksv1.HouseholdVisit{{VisitId: "v", Visit: &ksv1.Visit{Date: proto.String("2024-05-17"), RoundId: proto.String("r"),
				StartedAtMs: proto.Uint64(1_000_000), EndedAtMs: proto.Uint64(1_060_000), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED.Enum()}}}
		}, []string{"INTERVIEW_TOO_QUICK  "}},
		{"an interview of ten minutes, nine of them interrupted", func(h *ksv1.Household) {
			h.Visits = []*ksv1.HouseholdVisit{{VisitId: "v", Visit: &ksv1.Visit{Date: proto.String("2024-05-17"), RoundId: proto.String("r"),
				StartedAtMs: proto.Uint64(1_000_000), EndedAtMs: proto.Uint64(1_600_000), InterruptedSeconds: proto.Uint32(540),
				Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED.Enum()}}}
		}, []string{"INTERVIEW_TOO_QUICK  "}},
		{"an interview of ten minutes", func(h *ksv1.Household) {
			h.Visits = []*ksv1.HouseholdVisit{{VisitId: "v", Visit: &ksv1.Visit{Date: proto.String("2024-05-17"), RoundId: proto.String("r"),
				StartedAtMs: proto.Uint64(1_000_000), EndedAtMs: proto.Uint64(1_600_000), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED.Enum()}}}
		}, nil},
		{"everybody a child", func(h *ksv1.Household) {
			a, p := ayah(h)
			i, q := ibu(h)
			a.BirthDate, i.BirthDate = proto.String("2010-05-17"), proto.String("2010-05-17")
			h.Members[2].Member.MotherId, h.Members[2].Member.BirthDate = nil, proto.String("2021-01-01")
			p.SpouseId, q.SpouseId, p.MaritalStatus, q.MaritalStatus = nil, nil, nil, nil
			p.MaritalStatus, q.MaritalStatus = ksv1.MaritalStatus_MARITAL_STATUS_SINGLE.Enum(), ksv1.MaritalStatus_MARITAL_STATUS_SINGLE.Enum()
			q.Relation = ksv1.Relation_RELATION_OTHER_RELATIVE.Enum()
		}, []string{"NO_ADULT  "}},
		{"pregnant a year ago, and no infant", func(h *ksv1.Household) {
			h.Members[2].Member.BirthDate = proto.String("2020-01-01")
			h.Rounds = append([]*ksv1.HouseholdRound{{RoundId: "r0", Round: &ksv1.Round{SurveyDate: proto.String("2023-05-17")},
				Individuals: []*ksv1.HouseholdIndividual{proto.CloneOf(h.Rounds[0].Individuals[0]), proto.CloneOf(h.Rounds[0].Individuals[1])}}}, h.Rounds...)
			h.Rounds[0].Individuals[1].Individual.Pregnant = ya.Enum()
		}, []string{"INFANT_MISSING  ibu"}},
		{"pregnant a year ago, and an infant", func(h *ksv1.Household) {
			h.Rounds = append([]*ksv1.HouseholdRound{{RoundId: "r0", Round: &ksv1.Round{SurveyDate: proto.String("2023-05-17")},
				Individuals: []*ksv1.HouseholdIndividual{proto.CloneOf(h.Rounds[0].Individuals[0]), proto.CloneOf(h.Rounds[0].Individuals[1])}}}, h.Rounds...)
			h.Rounds[0].Individuals[1].Individual.Pregnant = ya.Enum()
		}, nil},
		{"pressures out of range", func(h *ksv1.Household) {
			_, p := ayah(h)
			p.Hypertension, p.BloodPressureMeasured = tidak.Enum(), ya.Enum()
			p.SystolicMmhg, p.DiastolicMmhg = proto.Uint32(300), proto.Uint32(20)
		}, []string{"PRESSURE_IMPLAUSIBLE V.10b ayah", "PRESSURE_IMPLAUSIBLE V.10b ayah"}},
		{"two heads", func(h *ksv1.Household) { _, p := ibu(h); p.Relation = ksv1.Relation_RELATION_HEAD.Enum() }, []string{"TWO_HEADS IV.3 ibu"}},
		{"no head", func(h *ksv1.Household) { _, p := ayah(h); p.Relation = ksv1.Relation_RELATION_OTHER.Enum() }, []string{"NO_HEAD  "}},
		{"no members", func(h *ksv1.Household) { h.Rounds[0].Individuals = nil }, []string{"NO_MEMBERS  "}},
		{"a baby born tomorrow", func(h *ksv1.Household) { m, _ := bayi(h); m.BirthDate = proto.String("2024-05-18") }, []string{"BORN_AFTER_SURVEY IV.4 bayi"}},
		{"a baby born tomorrow, in no round yet", func(h *ksv1.Household) {
			m, _ := bayi(h)
			m.BirthDate = proto.String("2024-05-18")
			r := h.GetRounds()[0]
			r.Individuals = slices.DeleteFunc(r.Individuals, func(x *ksv1.HouseholdIndividual) bool { return x.GetMemberId() == "bayi" })
		}, []string{"BORN_IN_FUTURE IV.4 bayi"}},
		{"no birth date, no age", func(h *ksv1.Household) { m, _ := bayi(h); m.BirthDate = nil }, []string{"REQUIRED_MISSING IV.4 bayi"}},
		{"a stated age will do", func(h *ksv1.Household) {
			m, _ := bayi(h)
			m.BirthDate, m.StatedAge = nil, stated(5, date(t, "2024-05-17"))
		}, nil},
		{"122 years", func(h *ksv1.Household) {
			m, _ := ayah(h)
			m.BirthDate = proto.String("1902-05-17")
		}, []string{"AGE_IMPLAUSIBLE IV.4 ayah"}},
		{"name, sex, relation, marital status", func(h *ksv1.Household) {
			m, p := bayi(h)
			m.Name, m.Sex, p.Relation, p.MaritalStatus = nil, nil, nil, nil
			p.Present = proto.Bool(true)
		}, []string{"REQUIRED_MISSING IV.2 bayi", "REQUIRED_MISSING IV.3 bayi", "REQUIRED_MISSING IV.6 bayi", "REQUIRED_MISSING IV.7 bayi"}},
		{"no survey date", func(h *ksv1.Household) { h.Rounds[0].Round.SurveyDate = nil }, []string{"REQUIRED_MISSING III.3 "}},
		{"survey tomorrow", func(h *ksv1.Household) { h.Rounds[0].Round.SurveyDate = proto.String("2024-05-18") }, []string{"SURVEY_IN_FUTURE III.3 "}},
		{"no RT, no head's name", func(h *ksv1.Household) { h.Family = nil }, []string{"REQUIRED_MISSING I.6 ", "REQUIRED_MISSING II.1 "}},
		{"a withdrawn round is judged by nothing", func(h *ksv1.Household) {
			h.Rounds[0].Round.Withdrawal, h.Rounds[0].Individuals = &ksv1.Withdrawal{}, nil
		}, nil},
		{"two rounds of one day", func(h *ksv1.Household) {
			h.Rounds = append(h.Rounds, proto.Clone(h.Rounds[0]).(*ksv1.HouseholdRound))
		}, []string{"SAME_DAY_ROUNDS III.3 "}},
		{"a child who is head", func(h *ksv1.Household) {
			_, father := ayah(h)
			_, child := bayi(h)
			father.Relation, child.Relation = ksv1.Relation_RELATION_OTHER.Enum(), ksv1.Relation_RELATION_HEAD.Enum()
		}, []string{"HEAD_TOO_YOUNG IV.3 bayi"}},
		{"a married infant", func(h *ksv1.Household) {
			_, p := bayi(h)
			p.MaritalStatus = ksv1.MaritalStatus_MARITAL_STATUS_WIDOWED.Enum()
		}, []string{"MARRIED_TOO_YOUNG IV.7 bayi"}},
		{"restrained but not ill", func(h *ksv1.Household) {
			h.Rounds[0].Round.MentalDisorder, h.Rounds[0].Round.Restrained = tidak.Enum(), ya.Enum()
		}, []string{"RESTRAINED_NOT_ILL II.9 "}},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			expect(t, c.spoil, c.want)
		})
	}
}

func expect(t *testing.T, spoil func(*ksv1.Household), want []string) {
	t.Helper()
	h := couple()
	spoil(h)
	list := CheckHousehold(h, Today{Date: date(t, "2024-05-17")})
	if got := noticed(list); !slices.Equal(got, want) {
		t.Errorf("noticed %q, want %q", got, want)
	}
	for _, f := range list {
		if f.Message == "" || f.Severity != f.Code.Severity() || f.Kind == 0 {
			t.Errorf("incomplete finding %+v", f)
		}
	}
}

func TestAnswersOfOthersAndSkippedOnesAreNoticed(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		spoil func(h *ksv1.Household)
		want  []string
	}{
		"an infant's toilet": {func(h *ksv1.Household) { _, p := bayi(h); p.UsesToilet = ya.Enum() }, []string{"OUTSIDE_TARGET V.3 bayi"}},
		"a man's delivery":   {func(h *ksv1.Household) { _, p := ayah(h); p.BirthInFacility = ya.Enum() }, []string{"OUTSIDE_TARGET V.12 ayah"}},
		"an unlinked infant's possible mother": {func(h *ksv1.Household) {
			m, _ := bayi(h)
			_, p := ibu(h)
			m.MotherId, p.BirthInFacility = nil, ya.Enum()
		}, nil},
		"a pregnant wife's contraception": {func(h *ksv1.Household) {
			_, p := ibu(h)
			p.Pregnant, p.Contraception = ya.Enum(), tidak.Enum()
		}, []string{"OUTSIDE_TARGET V.11 ibu"}},
		"medicine of the healthy": {func(h *ksv1.Household) {
			_, p := ayah(h)
			p.Tuberculosis, p.TuberculosisMedicine = tidak.Enum(), ya.Enum()
		}, []string{"SKIPPED_ANSWERED V.6 ayah"}},
		"a reason beside Ya": {func(h *ksv1.Household) {
			_, p := ibu(h)
			p.Contraception, p.ContraceptionReason = ya.Enum(), ksv1.ContraceptionReason_CONTRACEPTION_REASON_MENOPAUSE.Enum()
		}, []string{"SKIPPED_ANSWERED V.11 ibu"}},
		"the kind of no water": {func(h *ksv1.Household) {
			h.Rounds[0].Round.CleanWater, h.Rounds[0].Round.ProtectedWater = tidak.Enum(), ya.Enum()
		}, []string{"SKIPPED_ANSWERED II.4 "}},
		"answers of one who died before": {func(h *ksv1.Household) {
			m, _ := bayi(h)
			m.Removal = &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: "2024-05-16"}
		}, []string{"REMOVED_ANSWERED  bayi"}},
		"a family that had moved": {func(h *ksv1.Household) {
			h.Rounds[0].Round.QuestionnaireVersion = proto.String(Version)
			h.Family.Removal = &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2024-05-16"}
		}, []string{"FAMILY_GONE_ANSWERED III.3 "}},
		"a family that moved later": {func(h *ksv1.Household) {
			h.Rounds[0].Round.QuestionnaireVersion = proto.String(Version)
			h.Family.Removal = &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2024-05-17"}
		}, nil},
		"a family that had moved, by an import": {func(h *ksv1.Household) {
			h.Family.Removal = &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2024-05-16"}
		}, nil},
		"one who died later": {func(h *ksv1.Household) {
			m, _ := bayi(h)
			m.Removal = &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: "2024-05-17"}
		}, nil},
		"answers of nobody": {func(h *ksv1.Household) {
			h.Rounds[0].Individuals = append(h.Rounds[0].Individuals, &ksv1.HouseholdIndividual{MemberId: "x", Individual: &ksv1.Individual{Smokes: ya.Enum()}})
		}, []string{"MEMBER_MISSING  x"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			expect(t, c.spoil, c.want)
		})
	}
}

func TestBloodPressureIsNoticedWhereItCannotBe(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		systolic, diastolic uint32
		want                []string
	}{
		{120, 80, nil}, {80, 80, nil},
		{80, 120, []string{"DIASTOLIC_OVER_SYSTOLIC V.10b ayah"}},
		{120, 0, []string{"HALF_MEASURED V.10b ayah"}}, {0, 80, []string{"HALF_MEASURED V.10b ayah"}},
		{0, 0, []string{"MEASURED_NO_RESULT V.10b ayah"}},
	} {
		expect(t, func(h *ksv1.Household) {
			_, p := ayah(h)
			p.Hypertension, p.BloodPressureMeasured = tidak.Enum(), ya.Enum()
			p.SystolicMmhg, p.DiastolicMmhg = proto.Uint32(c.systolic), proto.Uint32(c.diastolic)
		}, c.want)
	}
}

func TestLinksAreNoticedWhereTheyCannotBe(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		spoil func(h *ksv1.Household)
		want  []string
	}{
		"own mother":      {func(h *ksv1.Household) { m, _ := bayi(h); m.MotherId = proto.String("bayi") }, []string{"LINK_TO_SELF IV.4 bayi"}},
		"unknown mother":  {func(h *ksv1.Household) { m, _ := bayi(h); m.MotherId = proto.String("x") }, []string{"LINK_UNKNOWN IV.4 bayi"}},
		"a man as mother": {func(h *ksv1.Household) { m, _ := bayi(h); m.MotherId = proto.String("ayah") }, []string{"MOTHER_NOT_WOMAN IV.4 bayi"}},
		"a mother who died before is no fault": {func(h *ksv1.Household) {
			m, _ := ibu(h)
			_, p := ayah(h)
			m.Removal = &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: "2024-01-01"}
			p.SpouseId = nil
			h.Rounds[0].Individuals = slices.Delete(h.Rounds[0].Individuals, 1, 2)
		}, nil},
		"a mother of nine": {func(h *ksv1.Household) {
			m, p := ibu(h)
			m.BirthDate, p.MaritalStatus, p.SpouseId = proto.String("2014-01-17"), ksv1.MaritalStatus_MARITAL_STATUS_MARRIED.Enum(), nil
		}, []string{"MOTHER_TOO_YOUNG IV.4 bayi"}},
		"a mother of 55": {func(h *ksv1.Household) { m, _ := ibu(h); m.BirthDate = proto.String("1968-12-17") }, []string{"MOTHER_TOO_OLD IV.4 bayi"}},
		"a child nearly as old as the head": {func(h *ksv1.Household) {
			m, _ := bayi(h)
			m.BirthDate, m.MotherId = proto.String("1999-05-16"), nil
		}, nil},
		"a child older than that": {func(h *ksv1.Household) {
			m, _ := bayi(h)
			m.BirthDate, m.MotherId = proto.String("1999-04-17"), nil
		}, []string{"PARENT_TOO_YOUNG IV.3 bayi"}},
		"own spouse":        {func(h *ksv1.Household) { _, p := ibu(h); p.SpouseId = proto.String("ibu") }, []string{"SPOUSE_NOT_MUTUAL IV.7 ayah", "LINK_TO_SELF IV.7 ibu"}},
		"unknown spouse":    {func(h *ksv1.Household) { _, p := ibu(h); p.SpouseId = proto.String("x") }, []string{"SPOUSE_NOT_MUTUAL IV.7 ayah", "LINK_UNKNOWN IV.7 ibu"}},
		"one side suffices": {func(h *ksv1.Household) { _, p := ibu(h); p.SpouseId = nil }, nil},
		"a spouse who is not married": {func(h *ksv1.Household) {
			_, p := ibu(h)
			p.MaritalStatus = ksv1.MaritalStatus_MARITAL_STATUS_SINGLE.Enum()
		}, []string{"SPOUSE_NOT_MARRIED IV.7 ibu", "SPOUSE_NOT_MARRIED IV.7 ibu"}},
		"a spouse of one sex": {func(h *ksv1.Household) {
			m, _ := ayah(h)
			m.Sex = ksv1.Sex_SEX_FEMALE.Enum()
		}, []string{"SPOUSE_SAME_SEX IV.7 ayah", "SPOUSE_SAME_SEX IV.7 ibu"}},
		"a couple that disagrees, once": {func(h *ksv1.Household) {
			_, he := ayah(h)
			_, she := ibu(h)
			he.Contraception, she.Contraception = ya.Enum(), tidak.Enum()
		}, []string{"COUPLE_DISAGREES V.11 ibu"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			expect(t, c.spoil, c.want)
		})
	}
}

func TestNIKsAreComparedWithTheirOwners(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		father, mother uint64
		want           []string
	}{
		"both agree":               {3204051705890001, 3204055705940001, nil},
		"another birth day":        {3204051805890001, 0, []string{"NIK_DIFFERS_FROM_BIRTH IV.2a ayah"}},
		"a woman's number":         {3204055705890001, 0, []string{"NIK_DIFFERS_FROM_SEX IV.2a ayah"}},
		"a man's number":           {0, 3204051705940001, []string{"NIK_DIFFERS_FROM_SEX IV.2a ibu"}},
		"serial 0000":              {3204051705890000, 0, []string{"NIK_IMPLAUSIBLE IV.2a ayah"}},
		"month 13":                 {3204051713890001, 0, []string{"NIK_IMPLAUSIBLE IV.2a ayah"}},
		"one number of two people": {3204051705890001, 3204051705890001, []string{"DUPLICATE_NIK IV.2a ibu", "NIK_DIFFERS_FROM_BIRTH IV.2a ibu", "NIK_DIFFERS_FROM_SEX IV.2a ibu"}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			expect(t, func(h *ksv1.Household) {
				father, _ := ayah(h)
				mother, _ := ibu(h)
				if father.Nik = &c.father; c.father == 0 {
					father.Nik = nil
				}
				if mother.Nik = &c.mother; c.mother == 0 {
					mother.Nik = nil
				}
			}, c.want)
		})
	}
}

func TestVisitsAreNoticedWhereTheirTimesCannotBe(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		visit *ksv1.Visit
		want  []string
	}{
		"good":               {&ksv1.Visit{Date: proto.String("2024-05-17"), StartedAtMs: proto.Uint64(1), EndedAtMs: proto.Uint64(2), NextVisitDate: proto.String("2024-05-18")}, nil},
		"no date":            {&ksv1.Visit{}, []string{"REQUIRED_MISSING  "}},
		"ends before start":  {&ksv1.Visit{Date: proto.String("2024-05-17"), StartedAtMs: proto.Uint64(2), EndedAtMs: proto.Uint64(1)}, []string{"VISIT_ENDS_BEFORE_START  "}},
		"next on the day":    {&ksv1.Visit{Date: proto.String("2024-05-17"), NextVisitDate: proto.String("2024-05-17")}, []string{"NEXT_VISIT_TOO_EARLY  "}},
		"started, not ended": {&ksv1.Visit{Date: proto.String("2024-05-17"), StartedAtMs: proto.Uint64(2)}, nil},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			expect(t, func(h *ksv1.Household) { h.Visits = []*ksv1.HouseholdVisit{{VisitId: "v", Visit: c.visit}} }, c.want)
		})
	}
}

func TestFindingSetKeepsTheCodes(t *testing.T) {
	t.Parallel()
	set := SetOf([]Finding{{Code: PregnantMan}, {Code: NextVisitTooEarly}, {Code: PregnantMan}})
	if set != 1<<PregnantMan|1<<NextVisitTooEarly {
		t.Errorf("set %#x", set)
	}
	names := map[string]bool{}
	for code := Code(0); code < codeEnd; code++ {
		name := code.String()
		if name == "" {
			continue
		}
		if names[name] || strings.ToUpper(name) != name || code.Severity() == 0 {
			t.Errorf("code %d: %q, severity %d", code, name, code.Severity())
		}
		names[name] = true
	}
	if codeEnd > 64 || Code(codeEnd).String() != "" || Code(codeEnd).Severity() != 0 {
		t.Error("codes don't fit a set")
	}
}
