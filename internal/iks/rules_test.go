package iks

import (
	"strconv"
	"strings"
	"testing"
)

// ruleCase is one sentence of the domain rules, section 3, as a family in the
// short form and the value of one indicator.
type ruleCase struct {
	what   string
	family string
	besar  Value
	inti   Value // where it differs by rule; else the same as besar
}

func checkRules(t *testing.T, indicator int, cases []ruleCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(strings.ReplaceAll(c.what, "/", "|"), func(t *testing.T) {
			t.Parallel()
			h := parse(t, c.family).compact()
			if got := h.Compute(Besar)[indicator-1]; got != c.besar {
				t.Errorf("besar: indicator %d is %s, want %s", indicator, got, c.besar)
			}
			if got := h.Compute(Inti)[indicator-1]; got != c.inti {
				t.Errorf("inti: indicator %d is %s, want %s", indicator, got, c.inti)
			}
		})
	}
}

func family(members ...string) string { return `{"members":[` + strings.Join(members, ",") + `]}` }

func household(answers string, members ...string) string {
	return `{"household":{` + answers + `},"members":[` + strings.Join(members, ",") + `]}`
}

const (
	adultMan = `{"sex":"L","m":420}`
	husband  = `{"sex":"L","m":420,"married":true}`
)

// wife is a married woman of 30 years with more fields, such as `"kb":"T"`.
func wife(more string) string { return woman(360, `"married":true`, more) }

func woman(months int, more ...string) string {
	fields := `{"sex":"P","m":` + strconv.Itoa(months)
	for _, m := range more {
		if m != "" {
			fields += "," + m
		}
	}
	return fields + "}"
}

func man(more string) string { return `{"sex":"L","m":420,"married":true,` + more + `}` }

func TestContraceptionOfEachCouple(t *testing.T) {
	t.Parallel()
	checkRules(t, 1, []ruleCase{
		{"she uses a method", family(wife(`"kb":"Y"`)), Y, Y},
		{"he uses a method, she says no", family(man(`"kb":"Y"`), wife(`"kb":"T"`)), Y, Y},
		{"he uses a method, her reason is menopause", family(man(`"kb":"Y"`), wife(`"kb":"T","kb_reason":"menopause"`)), Y, Y},
		{"her reason is menopause", family(wife(`"kb":"T","kb_reason":"menopause"`)), N, N},
		{"her reason is a reproductive disorder", family(wife(`"kb":"T","kb_reason":"gangguan"`)), N, N},
		{"her reason without her answer", family(wife(`"kb_reason":"menopause"`)), N, N},
		{"his reason is not hers", family(man(`"kb":"T","kb_reason":"menopause"`), wife(`"kb":"T"`)), T, T},
		{"his reason stands in for nothing", family(man(`"kb":"T","kb_reason":"menopause"`), wife(``)), T, T},
		{"wanting a child stays T", family(wife(`"kb":"T","kb_reason":"ingin anak"`)), T, T},
		{"she says no, he is not asked", family(wife(`"kb":"T"`)), T, T},
		{"she says no, he has no answer", family(husband, wife(`"kb":"T"`)), T, T},
		{"she has no answer, he says no", family(man(`"kb":"T"`), wife(``)), T, T},
		{"neither answered", family(husband, wife(``)), Unknown, Unknown},
		{"no husband, no answer", family(wife(``)), Unknown, Unknown},
		{"two couples: one unanswered", family(wife(`"kb":"Y"`), wife(``)), Unknown, Unknown},
		{"two couples: one T", family(wife(`"kb":"Y"`), wife(`"kb":"T"`)), T, T},
		{"two couples: one N", family(wife(`"kb":"Y"`), wife(`"kb":"T","kb_reason":"menopause"`)), Y, Y},
		{"unanswered beside T", family(wife(`"kb":"T"`), wife(``)), Unknown, Unknown},
	})
}

func TestOnlyEligibleWivesMakeACouple(t *testing.T) {
	t.Parallel()
	checkRules(t, 1, []ruleCase{
		{"no wife", family(man(`"kb":"T"`)), N, N},
		{"119 months", family(woman(119, `"married":true`, `"kb":"T"`)), N, N},
		{"120 months", family(woman(120, `"married":true`, `"kb":"T"`)), T, T},
		{"659 months", family(woman(659, `"married":true`, `"kb":"T"`)), T, T},
		{"660 months", family(woman(660, `"married":true`, `"kb":"T"`)), N, N},
		{"pregnant", family(wife(`"kb":"T","pregnant":true`)), N, N},
		{"never married", family(woman(360, `"kb":"T"`)), N, N},
		{"divorced", family(woman(360, `"kb":"T","marital":3`)), N, N},
		{"widowed", family(woman(360, `"kb":"T","marital":4`)), N, N},
		{"a married man alone is no couple", family(man(`"kb":"Y"`)), N, N},
		{"marital status not known", family(woman(360, `"marital":0`)), Unknown, Unknown},
		{"marital status not known, too young", family(woman(119, `"marital":0`)), N, N},
		{"age not known", family(woman(-1, `"married":true`, `"kb":"Y"`)), Unknown, Unknown},
		{"sex not known", family(`{"m":360,"married":true,"kb":"Y"}`), Unknown, Unknown},
		{"sex not known, single", family(`{"m":360}`), N, N},
	})
}

func TestHusbandIsFoundByLink(t *testing.T) {
	t.Parallel()
	other := wife(`"kb":"Y"`)
	checkRules(t, 1, []ruleCase{
		{"her link", family(man(`"id":1,"kb":"Y"`), wife(`"kb":"T","partner":1`), other), Y, Y},
		{"his link suffices", family(man(`"partner":2,"kb":"Y"`), wife(`"id":2,"kb":"T"`), other), Y, Y},
		{"her link wins over another man's", family(
			man(`"id":1,"kb":"T"`), man(`"partner":2,"kb":"Y"`), wife(`"id":2,"kb":"T","partner":1`)), T, T},
		{"her link wins, her answer missing", family(
			man(`"id":1,"kb":"T"`), man(`"partner":2,"kb":"Y"`), wife(`"id":2,"partner":1`)), T, T},
		{"a link leaves no room for other men", family(
			man(`"id":1`), man(`"kb":"Y"`), wife(`"kb":"T","partner":1`)), T, T},
		{"a linked husband who did not answer", family(man(`"id":1`), man(`"kb":"T"`), wife(`"partner":1`)), Unknown, Unknown},
		{"two wives of one man", family(man(`"id":1,"kb":"Y","partner":2`), wife(`"id":2,"kb":"T"`), wife(`"kb":"T","partner":1`)), Y, Y},
		{"two wives, no link: his answer is nobody's", family(man(`"kb":"Y"`), wife(`"kb":"T"`), wife(`"kb":"Y"`)), T, T},
		{"two wives, no answers, no link", family(man(`"kb":"Y"`), wife(``), wife(`"kb":"Y"`)), Unknown, Unknown},
		{"a woman's link to her is no man's", family(woman(700, `"partner":2`), man(`"kb":"Y"`), wife(`"id":2,"kb":"T"`)), Y, Y},
	})
}

func TestOnlyWifeWithoutLinkTakesAnyMarriedMan(t *testing.T) {
	t.Parallel()
	checkRules(t, 1, []ruleCase{
		{"the only married man", family(man(`"kb":"Y"`), wife(`"kb":"T"`)), Y, Y},
		{"one of two married men", family(man(`"kb":"T"`), man(`"kb":"Y"`), wife(`"kb":"T"`)), Y, Y},
		{"an unmarried man never", family(`{"sex":"L","m":420,"kb":"Y"}`, wife(`"kb":"T"`)), T, T},
		{"119 months never", family(`{"sex":"L","m":119,"married":true,"kb":"Y"}`, wife(`"kb":"T"`)), T, T},
		{"120 months counts", family(`{"sex":"L","m":120,"married":true,"kb":"Y"}`, wife(`"kb":"T"`)), Y, Y},
		{"the second wife is pregnant", family(man(`"kb":"Y"`), wife(`"kb":"T"`), wife(`"pregnant":true`)), Y, Y},
		{"the second wife is too old", family(man(`"kb":"Y"`), wife(`"kb":"T"`), woman(700, `"married":true`)), Y, Y},
		{"a man linked to another counts as well", family(man(`"kb":"Y","partner":3`), wife(`"kb":"T"`), wife(`"id":3,"pregnant":true`)), Y, Y},
	})
}

func TestLinkThatLeadsOutsideGivesNoAnswerAndNoSubstitute(t *testing.T) {
	t.Parallel()
	checkRules(t, 1, []ruleCase{
		{"to somebody who is no member", family(man(`"kb":"Y"`), wife(`"kb":"T","partner":99`)), T, T},
		{"to an unmarried man", family(`{"sex":"L","m":420,"id":1,"kb":"Y"}`, man(`"kb":"Y"`), wife(`"kb":"T","partner":1`)), T, T},
		{"to a boy under 120 months", family(`{"sex":"L","m":119,"married":true,"id":1,"kb":"Y"}`, man(`"kb":"Y"`), wife(`"kb":"T","partner":1`)), T, T},
		{"a daughter's husband is outside inti", family(
			man(`"kb":"T"`), woman(700, `"married":true`), wife(`"kb":"T","partner":4`), man(`"id":4,"kb":"Y","out":true`)), Y, T},
		{"likewise by his link", family(
			man(`"kb":"Y"`), woman(700, `"married":true`), wife(`"id":3`), man(`"partner":3,"kb":"T","out":true`)), T, Unknown},
		{"her link to a man outside wins over one inside", family(
			man(`"partner":3,"kb":"Y"`), wife(`"id":3,"kb":"T","partner":4`), man(`"id":4,"out":true`)), T, T},
	})
}

func TestIntiCountsItsOwnWives(t *testing.T) {
	t.Parallel()
	checkRules(t, 1, []ruleCase{
		{"a wife outside inti is no couple of it", family(adultMan, wife(`"kb":"T","out":true`)), T, N},
		{"the only wife of inti takes a man of inti", family(
			man(`"kb":"Y"`), wife(`"kb":"T"`), wife(`"kb":"Y","out":true`)), T, Y},
		{"but never a man outside it", family(
			adultMan, wife(`"kb":"T"`), man(`"kb":"Y","out":true`)), Y, T},
	})
}

func TestBirthOfEachInfantInAFacility(t *testing.T) {
	t.Parallel()
	infant, linked := `{"sex":"L","m":5}`, `{"sex":"L","m":5,"mother":1}`
	checkRules(t, 2, []ruleCase{
		{"no infant", family(woman(360, `"faskes":"T"`), `{"sex":"L","m":12,"mother":1}`), N, N},
		{"11 months", family(woman(360, `"id":1,"faskes":"T"`), `{"sex":"L","m":11,"mother":1}`), T, T},
		{"0 months", family(woman(360, `"id":1,"faskes":"Y"`), `{"sex":"L","m":0,"mother":1}`), Y, Y},
		{"the linked mother did not answer", family(woman(360, `"id":1`), linked), Unknown, Unknown},
		{"a linked mother of any age or status", family(woman(700, `"id":1,"faskes":"Y"`), linked), Y, Y},
		{"the mother is no member", family(woman(360, `"married":true,"faskes":"T"`), `{"sex":"L","m":5,"mother":99}`), N, N},
		{"two infants, one born at home", family(woman(360, `"id":1,"faskes":"Y"`), linked, woman(330, `"id":2,"faskes":"T"`), `{"sex":"P","m":1,"mother":2}`), T, T},
		{"one mother is no member", family(woman(360, `"id":1,"faskes":"Y"`), linked, `{"sex":"P","m":1,"mother":99}`), Y, Y},
		{"no link: the one answer", family(wife(`"faskes":"Y"`), infant), Y, Y},
		{"no link: all answers", family(wife(`"faskes":"Y"`), wife(`"faskes":"T"`), infant), T, T},
		{"no link: answers of women alone", family(`{"sex":"L","m":360,"faskes":"T"}`, wife(`"faskes":"Y"`), infant), Y, Y},
		{"no link: a single woman's answer too", family(woman(240, `"faskes":"T"`), infant), T, T},
		{"no link: not the answer about another infant", family(woman(360, `"id":1,"faskes":"T"`), linked, woman(300, `"faskes":"Y"`), infant), T, T},
		{"no link: the other infant's mother is left out", family(woman(360, `"id":1,"faskes":"Y"`), linked, woman(300, `"faskes":"T"`), infant), T, T},
		{"no link: a woman linked to an older child answers", family(woman(360, `"id":1,"faskes":"T"`), `{"sex":"L","m":30,"mother":1}`, infant), T, T},
		{"no link, no answer, a married woman", family(wife(``), infant), Unknown, Unknown},
		{"no link, no answer, a divorced woman", family(woman(360, `"marital":3`), infant), Unknown, Unknown},
		{"no link, no answer, a widow", family(woman(360, `"marital":4`), infant), Unknown, Unknown},
		{"no link, no answer, a woman never married", family(woman(360), infant), N, N},
		{"no link, no answer, too young", family(woman(119, `"married":true`), infant), N, N},
		{"no link, no answer, 120 months", family(woman(120, `"married":true`), infant), Unknown, Unknown},
		{"no link, no answer, 659 months", family(woman(659, `"married":true`), infant), Unknown, Unknown},
		{"no link, no answer, 660 months", family(woman(660, `"married":true`), infant), N, N},
		{"no link, no answer, a married man", family(husband, infant), N, N},
		{"a twin without a link", family(woman(360, `"married":true,"id":1,"faskes":"Y"`), linked, infant), Unknown, Unknown},
		{"an infant of unknown age", family(`{"sex":"L","m":-1}`), Unknown, Unknown},
	})
}

func TestIntiHasNoMotherOutsideIt(t *testing.T) {
	t.Parallel()
	checkRules(t, 2, []ruleCase{
		{"a linked mother outside inti", family(woman(360, `"id":1,"faskes":"T","out":true`), `{"sex":"L","m":5,"mother":1}`), T, N},
		{"an unlinked infant and an answer outside inti", family(wife(`"faskes":"T","out":true`), `{"sex":"L","m":5}`), T, N},
		{"an infant outside inti", family(wife(`"id":1,"faskes":"T"`), `{"sex":"L","m":5,"mother":1,"out":true}`), T, N},
		{"an infant outside inti does not claim its mother there", family(
			wife(`"id":1,"faskes":"Y"`), `{"sex":"L","m":5,"mother":1,"out":true}`, `{"sex":"L","m":5}`), Unknown, Y},
	})
}

func TestChildrenOfEachAgeGroup(t *testing.T) {
	t.Parallel()
	child := func(months int, more string) string {
		return family(`{"sex":"L","m":` + strconv.Itoa(months) + more + `}`)
	}
	for indicator, group := range map[int]struct {
		low, high int
		answer    string
	}{3: {12, 23, "imun"}, 4: {7, 23, "asi"}, 5: {2, 59, "tumbuh"}} {
		yes, no := `,"`+group.answer+`":"Y"`, `,"`+group.answer+`":"T"`
		checkRules(t, indicator, []ruleCase{
			{"below the group", child(group.low-1, no), N, N},
			{"first month", child(group.low, no), T, T},
			{"last month", child(group.high, yes), Y, Y},
			{"above the group", child(group.high+1, no), N, N},
			{"not answered", child(group.low, ""), Unknown, Unknown},
			{"one of two", family(`{"sex":"L","m":20`+yes+`}`, `{"sex":"P","m":20`+no+`}`), T, T},
			{"one not answered", family(`{"sex":"L","m":20`+no+`}`, `{"sex":"P","m":20}`), Unknown, Unknown},
			{"age not known", child(-1, yes), Unknown, Unknown},
			{"outside inti", family(adultMan, `{"sex":"L","m":20,"out":true`+no+`}`), T, N},
		})
	}
}

func TestTuberculosisOfEachAdult(t *testing.T) {
	t.Parallel()
	adult := func(more string) string { return `{"sex":"L","m":180,` + more + `}` }
	checkRules(t, 6, []ruleCase{
		{"patient, treated", family(adult(`"tb":"Y","obat_tb":"Y"`)), Y, Y},
		{"patient, not treated", family(adult(`"tb":"Y","obat_tb":"T"`)), T, T},
		{"patient, medicine not answered", family(adult(`"tb":"Y","obat_tb":null`)), Unknown, Unknown},
		{"patient: the cough is not asked", family(adult(`"tb":"Y","obat_tb":"Y","batuk":"Y"`)), Y, Y},
		{"suspect", family(adult(`"tb":"T","batuk":"Y"`)), T, T},
		{"suspect with medicine is a suspect", family(adult(`"tb":"T","batuk":"Y","obat_tb":"Y"`)), T, T},
		{"healthy", family(adult(`"tb":"T","batuk":"T"`)), N, N},
		{"cough not answered", family(adult(`"tb":"T","batuk":null`)), Unknown, Unknown},
		{"not answered", family(adult(`"tb":null,"batuk":"Y"`)), Unknown, Unknown},
		{"179 months", family(`{"sex":"L","m":179,"tb":"Y","obat_tb":"T"}`), N, N},
		{"treated beside healthy", family(adult(`"tb":"Y","obat_tb":"Y"`), adultMan), Y, Y},
		{"treated beside a suspect", family(adult(`"tb":"Y","obat_tb":"Y"`), adult(`"batuk":"Y"`)), T, T},
		{"unanswered beside a suspect", family(adult(`"tb":null`), adult(`"batuk":"Y"`)), Unknown, Unknown},
		{"age not known", family(`{"sex":"L","m":-1,"tb":"T","batuk":"T"}`), Unknown, Unknown},
	})
}

func TestHypertensionOfEachAdult(t *testing.T) {
	t.Parallel()
	adult := func(more string) string { return family(`{"sex":"P","m":600,` + more + `}`) }
	checkRules(t, 7, []ruleCase{
		{"patient, treated, high today", adult(`"ht":"Y","obat_ht":"Y","bp":[180,110]`), Y, Y},
		{"patient, not treated, normal today", adult(`"ht":"Y","obat_ht":"T","bp":[110,70]`), T, T},
		{"patient, medicine not answered", adult(`"ht":"Y"`), Unknown, Unknown},
		{"139/89", adult(`"bp":[139,89]`), N, N},
		{"140/89", adult(`"bp":[140,89]`), T, T},
		{"139/90", adult(`"bp":[139,90]`), T, T},
		{"systolic alone, high", adult(`"bp":[140,0]`), T, T},
		{"diastolic alone, high", adult(`"bp":[0,90]`), T, T},
		{"systolic alone, normal", adult(`"bp":[139,0]`), N, N},
		{"nothing measured", adult(`"ht":"T"`), N, N},
		{"not answered, high", adult(`"ht":null,"bp":[200,120]`), Unknown, Unknown},
		{"179 months, high", family(`{"sex":"P","m":179,"bp":[200,120]}`), N, N},
		{"180 months, high", family(`{"sex":"P","m":180,"bp":[200,120]}`), T, T},
	})
}

func TestMentalDisorderOfTheHousehold(t *testing.T) {
	t.Parallel()
	answers := func(gjb, medicine, restrained string) string {
		return household(`"gjb":`+gjb+`,"obat_gjb":`+medicine+`,"pasung":`+restrained, adultMan)
	}
	checkRules(t, 8, []ruleCase{
		{"7 unanswered", answers(`null`, `null`, `"T"`), Unknown, Unknown},
		{"7 unanswered, somebody restrained", answers(`null`, `"Y"`, `"Y"`), Unknown, Unknown},
		{"restrained though treated", answers(`"Y"`, `"Y"`, `"Y"`), T, T},
		{"restrained though 7 is Tidak", answers(`"T"`, `null`, `"Y"`), T, T},
		{"treated", answers(`"Y"`, `"Y"`, `"T"`), Y, Y},
		{"treated, 9 unanswered counts as Tidak", answers(`"Y"`, `"Y"`, `null`), Y, Y},
		{"not treated", answers(`"Y"`, `"T"`, `"T"`), T, T},
		{"medicine not answered", answers(`"Y"`, `null`, `"T"`), Unknown, Unknown},
		{"medicine not answered, restrained", answers(`"Y"`, `null`, `"Y"`), T, T},
		{"nobody ill", answers(`"T"`, `null`, `"T"`), N, N},
		{"nobody ill: the medicine is not asked", answers(`"T"`, `"T"`, `"T"`), N, N},
		{"nobody ill, 9 unanswered", answers(`"T"`, `null`, `null`), Unknown, Unknown},
	})
}

func TestSmokingAndInsuranceOfEveryMember(t *testing.T) {
	t.Parallel()
	checkRules(t, 9, []ruleCase{
		{"nobody smokes", family(adultMan), Y, Y},
		{"a child smokes", family(adultMan, `{"sex":"L","m":3,"merokok":"Y"}`), T, T},
		{"one not answered", family(`{"sex":"L","m":420,"merokok":"Y"}`, `{"sex":"L","m":3,"merokok":null}`), Unknown, Unknown},
		{"a smoker outside inti", family(adultMan, `{"sex":"L","m":420,"merokok":"Y","out":true}`), T, Y},
	})
	checkRules(t, 10, []ruleCase{
		{"all insured", family(adultMan), Y, Y},
		{"an infant is not", family(adultMan, `{"sex":"L","m":0,"jkn":"T"}`), T, T},
		{"one not answered", family(adultMan, `{"sex":"L","m":0,"jkn":null}`), Unknown, Unknown},
		{"one outside inti is not", family(adultMan, `{"sex":"L","m":420,"jkn":"T","out":true}`), T, Y},
	})
}

func TestWaterAndToilet(t *testing.T) {
	t.Parallel()
	for indicator, q := range map[int]struct{ there, kind, use string }{11: {"sab", "sat", "sab"}, 12: {"jk", "js", "babj"}} {
		answers := func(there, kind string, members ...string) string {
			return household(`"`+q.there+`":`+there+`,"`+q.kind+`":`+kind, members...)
		}
		user := func(months, use string) string { return `{"sex":"L","m":` + months + `,"` + q.use + `":` + use + `}` }
		checkRules(t, indicator, []ruleCase{
			{"there is none", answers(`"T"`, `null`, adultMan), T, T},
			{"there is none, whatever the kind", answers(`"T"`, `"Y"`, adultMan), T, T},
			{"there is none, an adult did not answer", answers(`"T"`, `null`, user("420", `null`)), T, T},
			{"not answered", answers(`null`, `"Y"`, adultMan), Unknown, Unknown},
			{"not answered, not used", answers(`null`, `"T"`, user("420", `"T"`)), Unknown, Unknown},
			{"wrong kind", answers(`"Y"`, `"T"`, user("420", `null`)), T, T},
			{"kind not answered", answers(`"Y"`, `null`, user("420", `"T"`)), Unknown, Unknown},
			{"all use it", answers(`"Y"`, `"Y"`, adultMan, adultMan), Y, Y},
			{"one does not", answers(`"Y"`, `"Y"`, adultMan, user("180", `"T"`)), T, T},
			{"one did not answer", answers(`"Y"`, `"Y"`, user("420", `"T"`), user("180", `null`)), Unknown, Unknown},
			{"children are not asked", answers(`"Y"`, `"Y"`, adultMan, user("179", `"T"`)), Y, Y},
			{"only children", answers(`"Y"`, `"Y"`, user("179", `null`)), Y, Y},
			{"one outside inti does not", answers(`"Y"`, `"Y"`, adultMan, `{"sex":"L","m":420,"out":true,"`+q.use+`":"T"}`), T, Y},
			{"age not known", answers(`"Y"`, `"Y"`, user("-1", `"Y"`)), Unknown, Unknown},
		})
	}
}

func TestFamilyWithoutMembersIsUndefinedBeforeAnyOtherRule(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		family      string
		besar, inti Category
	}{
		"no members, bad answers":       {household(`"sab":"T","gjb":null`), Undefined, Undefined},
		"no inti, household unanswered": {household(`"sab":null,"gjb":null`, `{"sex":"L","m":420,"out":true}`), Incomplete, Undefined},
		"no inti":                       {family(`{"sex":"L","m":420,"out":true}`), Sehat, Undefined},
	} {
		h := parse(t, c.family).compact()
		for basis, want := range map[Basis]Category{Besar: c.besar, Inti: c.inti} {
			values := h.Compute(basis)
			if values.Category() != want || (want == Undefined && values.String() != "NNNNNNNNNNNN") {
				t.Errorf("%s, %s: %s %s, want %s", name, basis, values, values.Category(), want)
			}
			if want == Undefined && len(h.Reasons(basis)) > 0 {
				t.Errorf("%s, %s: reasons for nothing", name, basis)
			}
		}
	}
}
