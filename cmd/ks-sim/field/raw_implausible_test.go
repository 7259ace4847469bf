package field

import (
	"fmt"
	"strings"
	"testing"
)

// withColumn adds a column to a file, whose cell is the same in each row.
func withColumn(text, name, cell string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for n := range lines {
		lines[n] = cell + "," + lines[n]
	}
	lines[0] = name + strings.TrimPrefix(lines[0], cell)
	return strings.Join(lines, "\n") + "\n"
}

// A pressure that nobody has is implausible, and counts as the file has it: one over the
// limit of hypertension is over it, 0 is under it.
func TestAnImplausiblePressureCounts(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		n := 0
		for _, column := range []string{"survei_individu_sistolik", "survei_individu_diastolik"} {
			for cell, high := range map[string]bool{"0": false, "1": false, "19": false, "301": true, "9999": true} {
				n++
				k := k1(fmt.Sprintf("%d-02-03", 2000+n))
				r, told := bring(t, f, withColumn(k.of(m1, m2.removed()), column, cell))
				if r.Refused != 0 || cell != "0" && !strings.Contains(told, "raw:2: "+column+": warning: ") {
					t.Errorf("%s %s: %+v, told: %s", column, cell, r, told)
				}
				if got, want := sehatOf(t, f, 2000+n), map[bool]string{false: "1/1", true: "0/1"}[high]; got != want {
					t.Errorf("%s %s: %s are sehat, want %s", column, cell, got, want)
				}
				out := inYear(t, f, 2000+n)
				if strings.Count(out, ","+cell+",") < 2 {
					t.Errorf("%s %s does not come back:\n%s", column, cell, out)
				}
				if r, told := bring(t, f, out); r.Unchanged != 1 || r.Refused != 0 {
					t.Errorf("%s %s, our own file: %+v, told: %s", column, cell, r, told)
				}
			}
		}
	})
}

// What the store can't take is told where it stands; a text that is too long to be carried
// is cut, and the family counts.
func TestARefusalByTheStoreIsToldWhereItStands(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		const limit = 4096
		long := strings.Repeat("q", 20_000)
		r, told := bring(t, f, withColumn(withColumn(k1("2018-02-03").of(m1), "old_note", long), "survei_migrasi", long))
		if r.Refused != 0 || !strings.Contains(told, "raw:2: old_note: warning: longer than 4096 characters; cut") || !strings.Contains(told, "raw:2: survei_migrasi: warning: ") {
			t.Errorf("a long carried cell: %+v, told: %s", r, told)
		}
		if out := export(t, f); strings.Count(out, "q") != 2*limit {
			t.Errorf("%d characters come back, want twice %d", strings.Count(out, "q"), limit)
		}
		r, told = bring(t, f, withColumn(k1("2019-02-03").of(m1), long, "7"))
		if r.Refused != 0 || !strings.Contains(told, "raw:2: warning: a column's name is longer than 128 characters") {
			t.Errorf("a long name: %+v, told: %s", r, told)
		}
		many := k1("2018-02-03")
		many.id = "K2"
		var members []rawMember
		for n := range 1800 {
			members = append(members, rawMember{id: fmt.Sprintf("N%d", n), relation: "7", birth: "1980-02-03", smokes: "T", gone: "0"})
		}
		r, told = bring(t, f, k1("2020-02-03").of(m1)+strings.SplitN(many.of(members...), "\n", 2)[1])
		if r.Refused != 1 || !strings.Contains(told, "raw:3: refused: TOO_LARGE; a family's rows may make 131072 bytes, and 1800 rows make more") {
			t.Errorf("a family too large: %+v, told: %.500s", r, told)
		}
		long = strings.Repeat("K", 5000)
		r, told = bring(t, f, strings.ReplaceAll(k1("2020-02-03").of(m1), "\nK1,", "\n"+long+","))
		if r.Refused != 1 || !strings.Contains(told, "raw:2: refused: INVALID_VALUE: TOO_LONG") {
			t.Errorf("an id too long: %+v, told: %.500s", r, told)
		}
	})
}

// A survey in the future counts, and is told, as a device tells it.
func TestASurveyInTheFutureIsTold(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	if r, told := bring(t, f, k1("2018-05-05").of(m1)); r.Warnings != 0 {
		t.Errorf("told of the past: %s", told)
	}
	r, told := bring(t, f, k1("2099-05-05").of(m1))
	if r.Refused != 0 || !strings.Contains(told, "raw:2: survei_tanggal: warning: SURVEY_IN_FUTURE") {
		t.Errorf("%+v, told: %s", r, told)
	}
	if got := sehatOf(t, f, 0); got != "1/1" || !strings.Contains(export(t, f), "2099-05-05") {
		t.Errorf("%s are sehat", got)
	}
}
