package iks

import (
	"fmt"
	"slices"
	"testing"
)

// told writes reasons as "indicator member question answer", the member by
// position, "-" for household questions.
func told(reasons []Reason) []string {
	var list []string
	for _, r := range reasons {
		member, answer := "-", "null"
		if r.Member != HouseholdQuestion {
			member = fmt.Sprint(r.Member)
		}
		if text, ok := r.AnswerText(); ok {
			answer = text
		}
		list = append(list, fmt.Sprintf("%d %s %s %s", r.Indicator, member, r.Question, answer))
	}
	return list
}

func TestReasonsNameTheAnswersThatMadeTheValue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, family string
		besar        []string
	}{
		{"nothing wrong", family(adultMan), nil},
		{"her answer", family(man(`"kb":"T"`), wife(`"kb":"T"`)), []string{"1 1 V.11 T"}},
		{"his answer where she has none", family(man(`"kb":"T"`), wife(``)), []string{"1 0 V.11 T"}},
		{"both where neither answered", family(husband, wife(``)), []string{"1 0 V.11 null", "1 1 V.11 null"}},
		{"only the unanswered beside a T", family(wife(`"kb":"T"`), wife(``)), []string{"1 1 V.11 null"}},
		{"a birth at home, once for twins", family(woman(360, `"id":1,"faskes":"T"`), `{"sex":"L","m":1,"mother":1}`, `{"sex":"P","m":1,"mother":1}`),
			[]string{"2 0 V.12 T"}},
		{"who might be the mother", family(adultMan, wife(`"kb":"Y"`), `{"sex":"L","m":1}`), []string{"2 1 V.12 null"}},
		{"a twin without a link", family(wife(`"id":1,"kb":"Y","faskes":"Y"`), `{"sex":"L","m":1,"mother":1}`, `{"sex":"P","m":1}`),
			[]string{"2 2 V.12 null"}},
		{"children", family(`{"sex":"L","m":20,"imun":"T","asi":"T","tumbuh":null}`), []string{"3 0 V.14 T", "4 0 V.13 T", "5 0 V.15 null"}},
		{"patient and suspect", family(`{"sex":"L","m":420,"tb":"Y","obat_tb":"T"}`, `{"sex":"L","m":420,"batuk":"Y"}`), []string{"6 0 V.6 T", "6 1 V.7 Y"}},
		{"TB not answered", family(`{"sex":"L","m":420,"tb":null}`), []string{"6 0 V.5 null"}},
		{"blood pressure", family(`{"sex":"L","m":420,"bp":[150,0]}`, `{"sex":"L","m":420,"bp":[120,95]}`, `{"sex":"L","m":420,"ht":"Y","obat_ht":"T"}`),
			[]string{"7 0 V.10b 150/-", "7 1 V.10b 120/95", "7 2 V.9 T"}},
		{"restrained", household(`"gjb":"Y","obat_gjb":"T","pasung":"Y"`, adultMan), []string{"8 - II.9 Y"}},
		{"medicine", household(`"gjb":"Y","obat_gjb":"T"`, adultMan), []string{"8 - II.8 T"}},
		{"9 unanswered", household(`"pasung":null`, adultMan), []string{"8 - II.9 null"}},
		{"smoker and uninsured", family(`{"sex":"L","m":420,"merokok":"Y","jkn":"T"}`), []string{"9 0 V.2 Y", "10 0 V.1 T"}},
		{"water of the wrong kind", household(`"sat":"T","jk":"T"`, `{"sex":"L","m":420,"sab":"T","babj":null}`), []string{"11 - II.4 T", "12 - II.5 T"}},
		{"two who don't use it", family(`{"sex":"L","m":420,"sab":"T"}`, adultMan, `{"sex":"L","m":420,"sab":"T","babj":"T"}`),
			[]string{"11 0 V.4 T", "11 2 V.4 T", "12 2 V.3 T"}},
		{"order is indicator, then member", household(`"sab":null`, `{"sex":"L","m":420,"jkn":"T"}`, `{"sex":"L","m":420,"merokok":"Y","jkn":"T"}`),
			[]string{"9 1 V.2 Y", "10 0 V.1 T", "10 1 V.1 T", "11 - II.3 null"}},
		{"age not known", family(`{"sex":"L","m":-1}`), []string{"2 0 IV.4 null", "3 0 IV.4 null", "4 0 IV.4 null", "5 0 IV.4 null",
			"6 0 IV.4 null", "7 0 IV.4 null", "11 0 IV.4 null", "12 0 IV.4 null"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			if got := told(parse(t, c.family).compact().Reasons(Besar)); !slices.Equal(got, c.besar) {
				t.Errorf("reasons %q, want %q", got, c.besar)
			}
		})
	}
}

func TestIntiReasonsNameItsOwnMembers(t *testing.T) {
	t.Parallel()
	h := parse(t, family(`{"sex":"L","m":420,"merokok":"Y","out":true}`, `{"sex":"L","m":420,"merokok":"Y"}`)).compact()
	if got := told(h.Reasons(Inti)); !slices.Equal(got, []string{"9 1 V.2 Y"}) {
		t.Errorf("reasons %q", got)
	}
}
