package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// rowsOf are the CSV lines of a few families; the first is the header's.
func rowsOf(t *testing.T, n int) []string {
	t.Helper()
	return strings.Split(strings.TrimSpace(csvOf(t, rawTable(published(t)[:n]), ',')), "\n")
}

func familiesIn(t *testing.T, out string) string {
	t.Helper()
	var ids []string
	for _, l := range strings.Split(strings.TrimSpace(out), "\n") {
		if l == "" {
			continue
		}
		var got line
		if err := json.Unmarshal([]byte(l), &got); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, got.Family)
	}
	return strings.Join(ids, " ")
}

// The families F01, F03 and F04 have two members each: lines 2 to 7.
func TestBrokenRowsCostTheFamilyTheyStandIn(t *testing.T) {
	t.Parallel()
	blank := strings.Repeat(",", len(rawHeader)-1)
	for name, c := range map[string]struct {
		edit func(lines []string) []string
		kept string
		says string
	}{
		"blank rows are skipped": {func(l []string) []string {
			return []string{l[0], l[1], blank, "", "   ", l[2], blank, l[3], l[4], l[5], l[6]}
		}, "F01 F03 F04", "0 refused"},
		"a row without an id within a family": {func(l []string) []string {
			return []string{l[0], l[1], l[2], l[3], `"x"y,,`, l[4], l[5], l[6]}
		}, "F01 F04", "-:5: survei_survei_id: refused: something follows a closing quote"},
		"an empty id within a family": {func(l []string) []string {
			return []string{l[0], l[1], l[2], l[3], strings.Replace(l[4], "F03,", ",", 1), l[4], l[5], l[6]}
		}, "F01 F04", "-:5: survei_survei_id: refused: required, but empty; the rows around it are of one family"},
		"a row without an id between families": {func(l []string) []string {
			return []string{l[0], l[1], l[2], `"x"y,,`, l[3], l[4], l[5], l[6]}
		}, "F01 F03 F04", "1 refused"},
		"a row too long, the last of its family": {func(l []string) []string {
			l[4] += strings.Repeat("x", 300_000)
			return l
		}, "F01 F04", "-:5: refused: longer than 262144 bytes"},
		"a NUL byte": {func(l []string) []string {
			l[4] = strings.Replace(l[4], "2016-05-17", "2016\x0005-17", 1)
			return l
		}, "F01 F04", "-:5: survei_tanggal: refused: holds a NUL byte"},
		"a quote that the next row's quote closes": {func(l []string) []string {
			l[2] = strings.Replace(l[2], "rtF01", `"rtF01`, 1)
			l[5] = strings.Replace(l[5], "rtF04", `"rtF04"`, 1)
			return l
		}, "F03 F04", "-:3: survei_rt_survei_rt_id: refused: "},
		"too few cells": {func(l []string) []string { l[4] = "F03,2016-05-17"; return l }, "F01 F04", "-:5: refused: 2 cells, the header has 40"},
	} {
		lines := c.edit(rowsOf(t, 3))
		_, out, errs := runIKSCommand(t, strings.Join(lines, "\n"), "-")
		if got := familiesIn(t, out); got != c.kept || !strings.Contains(errs, c.says) {
			t.Errorf("%s: kept %s, want %s; %s", name, got, c.kept, errs)
		}
	}
}

func TestRowsOfRemovedMembersAreCheckedForIDsOnly(t *testing.T) {
	t.Parallel()
	table := rawTable(published(t)[:1])
	set := func(column, value string) {
		for i, name := range rawHeader {
			if name == column {
				table[2][i] = value
			}
		}
	}
	set("survei_individu_status_delete", "1")
	set("survei_tanggal", "never")
	set("survei_kelurahan_id", "x")
	set("survei_individu_jk_id", "9")
	code, out, errs := runIKSCommand(t, csvOf(t, table, ','), "-")
	if code != exitOK || familiesIn(t, out) != "F01" || !strings.Contains(errs, " 0 warnings") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
	set("survei_individu_survei_individu_detail_id", table[1][13])
	if code, _, errs = runIKSCommand(t, csvOf(t, table, ','), "-"); code != exitIncomplete || !strings.Contains(errs, "the same member stands in row 2") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestAnImplausibleAgeIsAWarningOnly(t *testing.T) {
	t.Parallel()
	table := rawTable(published(t)[:1])
	table[1][15], table[1][16] = "", "200"
	code, out, errs := runIKSCommand(t, csvOf(t, table, ','), "-")
	if code != exitOK || familiesIn(t, out) != "F01" || !strings.Contains(errs, "-:2: survei_individu_umur_thn: warning:") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

func TestAFamilyOfTooManyRowsIsRefusedInFlatMemory(t *testing.T) {
	t.Parallel()
	lines := rowsOf(t, 2)
	var b strings.Builder
	fmt.Fprintln(&b, lines[0])
	for i := range 5000 {
		fmt.Fprintln(&b, strings.Replace(lines[1], "F01-0", fmt.Sprintf("F01-%d", i), 1))
	}
	fmt.Fprintf(&b, "%s\n%s\n", lines[3], lines[4])
	code, out, errs := runIKSCommand(t, b.String(), "-")
	if code != exitIncomplete || familiesIn(t, out) != "F03" || !strings.Contains(errs, "-:2002: refused: the family has more than 2000 rows") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

// numbersOf makes cells of numbers and dates of the columns that a spreadsheet
// would not keep as text.
func numbersOf(row []string, day int) []any {
	out := make([]any, len(row))
	for j, text := range row {
		switch name := rawHeader[j]; {
		case text == "":
		case name == "survei_tanggal":
			out[j] = day
		case name == "survei_kelurahan_id":
			out[j] = 3.204052001e9
		case strings.HasSuffix(name, "_id") && len(text) == 1, strings.Contains(name, "umur"), strings.HasSuffix(name, "tolik"):
			var n int
			if _, err := fmt.Sscan(text, &n); err == nil {
				out[j] = n
			}
		default:
			out[j] = text
		}
	}
	return out
}

func TestWorkbooksOfNumbersAndSeveralSheetsAreRead(t *testing.T) {
	t.Parallel()
	families := published(t)
	for name, c := range map[string]struct {
		day      int // 2016-05-17
		from1904 bool
	}{"days from 1900": {42507, false}, "days from 1904": {42507 - 1462, true}} {
		book := excelize.NewFile()
		from1904 := c.from1904
		if err := book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}); err != nil {
			t.Fatal(err)
		}
		if err := book.SetSheetRow("Sheet1", "A1", &[]any{"Laporan", "Mei"}); err != nil {
			t.Fatal(err)
		}
		if _, err := book.NewSheet("raw_survei"); err != nil {
			t.Fatal(err)
		}
		for i, row := range rawTable(families) {
			cells := make([]any, len(row))
			for j := range row {
				cells[j] = row[j]
			}
			if i > 0 {
				cells = numbersOf(row, c.day)
			}
			if err := book.SetSheetRow("raw_survei", fmt.Sprintf("A%d", i+1), &cells); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(t.TempDir(), "raw.xlsx")
		if err := book.SaveAs(path); err != nil {
			t.Fatal(err)
		}
		code, out, errs := runIKSCommand(t, "", path)
		if code != exitOK || !strings.Contains(errs, `sheets that are not read: ["Sheet1"]`) {
			t.Fatalf("%s: exit %d: %s", name, code, errs)
		}
		checkPublished(t, out, families)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if code, _, errs := runIKSCommand(t, string(whole[:len(whole)-300]), "-"); code != exitFailed || !strings.Contains(errs, "not a CSV or XLSX table") {
			t.Errorf("%s, cut short: exit %d: %s", name, code, errs)
		}
	}
}

func TestMalformedJSONFamiliesAreRefusedWithTheField(t *testing.T) {
	t.Parallel()
	family := func(id, member, date, individual string) string {
		return fmt.Sprintf(`{"familyId":%q,"members":[%s],"rounds":[{"roundId":"r","round":{"surveyDate":%q},"individuals":[{"memberId":"m","individual":%s}]}]}`,
			id, member, date, individual)
	}
	man := `{"memberId":"m","member":{"sex":"SEX_MALE","birthDate":"1990-02-28"}}`
	head := `{"relation":"RELATION_HEAD"}`
	lines := []string{
		family("good", man, "2024-01-05", head),
		family("date", man, "2024-13-05", head),
		family("birth", `{"memberId":"m","member":{"birthDate":"1990-02-30"}}`, "2024-01-05", head),
		family("tomorrow", `{"memberId":"m","member":{"birthDate":"2024-01-06"}}`, "2024-01-05", head),
		family("answer", man, "2024-01-05", `{"smokes":7}`),
		family("pressure", man, "2024-01-05", `{"systolicMmhg":99999}`),
		family("twice", man+","+man, "2024-01-05", head),
		`{"familyId":"unsurveyed"}`,
		`{"familyId":"good"}`,
		`{"members":[]}`,
		`{"familyId":"x","bogus":1}`,
		family("pregnant", man, "2024-01-05", `{"pregnant":"ANSWER_YA"}`),
	}
	code, out, errs := runIKSCommand(t, strings.Join(lines, "\n"), "--from", "json", "-")
	if code != exitIncomplete || familiesIn(t, out) != "good pregnant" {
		t.Errorf("exit %d: %s", code, out)
	}
	for _, says := range []string{
		"-:2: refused: round r: surveyDate: NOT_A_DATE", "-:3: refused: member m: birthDate: NOT_A_DATE",
		"-:4: refused: member m: birthDate: BORN_AFTER_SURVEY", "-:5: refused: round r member m: smokes: UNKNOWN_VALUE",
		"-:6: refused: round r member m: systolicMmhg: OUT_OF_RANGE", "-:7: refused: member m stands there twice",
		"-:8: refused: family unsurveyed: no round with a survey date", "-:9: refused: family good was met before",
		"-:10: refused: no familyId", "-:11: refused: a field that is not known (character 17)", "-:12: warning: member m: pregnant: PREGNANT_MAN", " 10 refused",
	} {
		if !strings.Contains(strings.ReplaceAll(errs, "\u00a0", " "), says) {
			t.Errorf("%q is not told: %s", says, errs)
		}
	}
}
