package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// setCell changes one cell of a table of rawTable.
func setCell(table [][]string, row int, column, value string) {
	table[row][slices.Index(rawHeader, column)] = value
}

// The families F01, F03 and F04 have two members each: rows 1 to 6 of the table,
// lines 2 to 7 of the file.
func TestARowWithoutAnIDAtAFamilysEdgeRefusesTheFamilyItIsOf(t *testing.T) {
	t.Parallel()
	without := func(line string) string { return line[strings.Index(line, ","):] }
	blank := strings.Repeat(",", len(rawHeader)-1)
	// The family's id stands last, and can't be found in a line too long.
	tail := func(lines []string) []string {
		out := slices.Clone(lines)
		for i, l := range out {
			out[i] = l[strings.Index(l, ",")+1:] + "," + l[:strings.Index(l, ",")]
		}
		return out
	}
	stray := func(n int) []string {
		return slices.Repeat([]string{",,,,,rtX" + strings.Repeat(",", len(rawHeader)-6)}, n)
	}
	for name, c := range map[string]struct {
		edit func(l []string) []string
		kept string
		says string
	}{
		"the last of its family": {func(l []string) []string { l[2] = without(l[2]); return l }, "F03 F04",
			"-:3: survei_survei_id: refused: required, but empty; by its survei_rt_survei_rt_id the row is of the family before"},
		"the first of its family": {func(l []string) []string { l[3] = without(l[3]); return l }, "F01 F04",
			"-:4: survei_survei_id: refused: required, but empty; by its survei_rt_survei_rt_id the row is of the family behind"},
		"the first of the file": {func(l []string) []string { l[1] = without(l[1]); return l }, "F03 F04", " 1 refused"},
		"the last of the file":  {func(l []string) []string { l[6] = without(l[6]); return l }, "F01 F03", " 1 refused"},
		"of a family of its own": {func(l []string) []string { return slices.Insert(l, 3, stray(1)...) }, "F01 F03 F04",
			"-:4: survei_survei_id: refused: required, but empty\n"},
		"a NUL in its ids":         {func(l []string) []string { l[2] = strings.ReplaceAll(l[2], "F01,", "F01\x00,"); return l }, "F03 F04", " 1 refused"},
		"a quote opened in its id": {func(l []string) []string { l[2] = `"` + l[2]; return l }, "F03 F04", "-:3: survei_survei_id: refused: a quote is opened"},
		"of neither id, at an edge": {func(l []string) []string { l[2] = strings.Replace(blank, ",,", ",2016-05-17,", 1); return l }, "F04",
			"-:3: survei_survei_id: refused: the row has no ids that can be read"},
		"of neither id, at the end": {func(l []string) []string { l[6] = strings.Replace(blank, ",,", ",2016-05-17,", 1); return l }, "F01 F03", " 1 refused"},
		"too long, its ids behind": {func(l []string) []string {
			l = tail(l)
			l[2] = strings.Repeat("x", 300_000) + l[2]
			return l
		}, "F04", " 2 refused"},
		"more than are held": {func(l []string) []string { return slices.Insert(l, 2, stray(70)...) }, "F03 F04",
			"-:3: survei_survei_id: refused: more than 64 rows without a readable id follow"},
		"more than are held, at the start": {func(l []string) []string { return slices.Insert(l, 1, stray(70)...) }, "F01 F03 F04", " 70 refused"},
	} {
		_, out, errs := runIKSCommand(t, strings.Join(c.edit(rowsOf(t, 3)), "\n"), "-")
		if got := familiesIn(t, out); got != c.kept || !strings.Contains(errs, c.says) {
			t.Errorf("%s: kept %s, want %s; %s", name, got, c.kept, errs)
		}
	}
}

func TestARemovedMembersRowIsNotJudgedWhereverItStands(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit    func(table [][]string)
		refused string // "" for none
	}{
		"another date": {func(x [][]string) { setCell(x, 1, "survei_tanggal", "2010-01-01") }, ""},
		"no date, other answers, no village": {func(x [][]string) {
			setCell(x, 1, "survei_tanggal", "never")
			setCell(x, 1, "survei_rt_sab", "x")
			setCell(x, 1, "survei_kelurahan_id", "x")
		}, ""},
		"no id of the survey": {func(x [][]string) { setCell(x, 1, "survei_rt_survei_rt_id", "") }, "-:2: survei_rt_survei_rt_id: refused: required, but empty"},
		"the others' dates differ": {func(x [][]string) { setCell(x, 4, "survei_tanggal", "2010-01-01") },
			"-:5: survei_tanggal: refused: 2010-01-01, but 2016-05-17 in row 4: one survey has one date"},
	} {
		table := rawTable(published(t)[:2])
		setCell(table, 1, "survei_individu_status_delete", "1")
		c.edit(table)
		code, out, errs := runIKSCommand(t, csvOf(t, table, ','), "-")
		if c.refused != "" {
			if code != exitIncomplete || !strings.Contains(errs, c.refused) {
				t.Errorf("%s: exit %d: %s", name, code, errs)
			}
			continue
		}
		plain := rawTable(published(t)[:2])
		setCell(plain, 1, "survei_individu_status_delete", "1")
		_, want, _ := runIKSCommand(t, csvOf(t, plain, ','), "-")
		if code != exitOK || out != want || !strings.Contains(errs, "(3 members)") {
			t.Errorf("%s: exit %d: %s%s", name, code, out, errs)
		}
	}
}

// A person who stands in two families is told with both, which are listed.
func TestAPersonInTwoFamiliesIsTold(t *testing.T) {
	t.Parallel()
	table := rawTable(published(t)[:2])
	at := slices.Index(rawHeader, "survei_individu_survei_individu_detail_id")
	setCell(table, 3, rawHeader[at], table[1][at])
	code, out, errs := runIKSCommand(t, csvOf(t, table, ','), "-")
	told := `-:4: survei_individu_survei_individu_detail_id: warning: the same person stands in row 2, in family "F01", and here in family "F03"; counted in both`
	if code != exitOK || familiesIn(t, out) != "F01 F03" || !strings.Contains(errs, told) {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

func TestAFamilyOfRemovedMembersAloneIsListedWhateverItsRowsHold(t *testing.T) {
	t.Parallel()
	table := rawTable(published(t)[:1])
	for row := 1; row <= 2; row++ {
		setCell(table, row, "survei_individu_status_delete", "1")
		setCell(table, row, "survei_tanggal", "never")
		setCell(table, row, "survei_rt_sab", "x")
	}
	code, out, errs := runIKSCommand(t, csvOf(t, table, ','), "-")
	if code != exitOK || !strings.Contains(out, `"values":"NNNNNNNNNNNN"`) || !strings.Contains(errs, "families: 1 counted (0 members)") {
		t.Errorf("exit %d: %s%s", code, out, errs)
	}
}

// Date cells of a workbook come as numbers of days, with a time or as text.
func TestOneSurveyDateMayStandInSeveralForms(t *testing.T) {
	t.Parallel()
	write := func(dates ...any) string {
		book := excelize.NewFile()
		for i, row := range rawTable(published(t)[:1]) {
			cells := make([]any, len(row))
			for j := range row {
				cells[j] = row[j]
			}
			if i > 0 {
				cells[1] = dates[i-1]
			}
			if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &cells); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(t.TempDir(), "raw.xlsx")
		if err := book.SaveAs(path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, second := range []any{"2016-05-17", 42507.5, "2016-05-17T00:00:00"} {
		if code, out, errs := runIKSCommand(t, "", write(42507, second)); code != exitOK || familiesIn(t, out) != "F01" {
			t.Errorf("%v: exit %d: %s", second, code, errs)
		}
	}
	code, _, errs := runIKSCommand(t, "", write(42507, 42508))
	if code != exitIncomplete || !strings.Contains(errs, "2016-05-18, but 2016-05-17 in row 2: one survey has one date") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// A name, a NIK or a sentence in a wrong column is not repeated; a code is.
func TestRefusalsShowCodesButNoPersonalData(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"10": `"10" is no code from 1 to 9`, "17-05-2016": `"17-05-2016" is no code`, "x": `"x" is no code`,
		"Siti": "a text of 4 characters is no code", "3204050302840001": "a text of 16 characters is no code",
		"081234567890": "a text of 12 characters is no code", "0812345678": "a text of 10 characters is no code", "081234-567": "a text of 10 characters is no code",
		"5551234": "a text of 7 characters is no code", "1.0": `"1.0" is no code from 1 to 9; it is written as a decimal number`,
	} {
		table := rawTable(published(t)[:1])
		setCell(table, 1, "survei_individu_hub_kel_id", cell)
		if _, _, errs := runIKSCommand(t, csvOf(t, table, ','), "-"); !strings.Contains(errs, want) {
			t.Errorf("%q: %s", cell, errs)
		}
	}
}

// Where the header line is missing, the first family's row is taken for it.
func TestAFileWithoutAHeaderLineShowsNoPersonalData(t *testing.T) {
	t.Parallel()
	for row, want := range map[string]string{
		"F1,2018-05-05,R1,3204054101800001,M1,1,3204054101800001\n": "columns 4 and 7 are headed alike",
		"F1,Siti Aminah,R1,,M1,1,SITI AMINAH\n":                     "columns 2 and 7 are headed alike",
	} {
		code, _, errs := runIKSCommand(t, row, "-")
		if code != exitFailed || !strings.Contains(errs, want) || strings.Contains(errs, "3204054101800001") || strings.Contains(strings.ToLower(errs), "siti") {
			t.Errorf("%q: exit %d: %s", row, code, errs)
		}
	}
}

func TestAnUnreadableFileDoesNotKeepTheOthersFromBeingRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.csv"), filepath.Join(dir, "bad.csv")
	if err := os.WriteFile(good, []byte(csvOf(t, rawTable(published(t)[:2]), ',')), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(bad, []byte("\xff\xfes\x00u\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, errs := runIKSCommand(t, "", bad, filepath.Join(dir, "none.csv"), good, good)
	if code != exitFailed || familiesIn(t, out) != "F01 F03" {
		t.Errorf("exit %d: %s", code, out)
	}
	for _, says := range []string{
		"bad.csv: not a CSV or XLSX table: the text is UTF-16; save it as CSV UTF-8", "none.csv: no such file", "families: 2 counted",
		"2 files could not be read to their end", "met before in this file, which is named more than once",
	} {
		if !strings.Contains(errs, says) {
			t.Errorf("%q is not told: %s", says, errs)
		}
	}
}

func TestFilesOfSpreadsheetsAreReadOrToldWhatToSave(t *testing.T) {
	t.Parallel()
	families := published(t)[:3]
	table := rawTable(families)
	for name, text := range map[string]string{
		"tabs": csvOf(t, table, '\t'), "a line of the separator": "sep=;\r\n" + csvOf(t, table, ';'), "with a mark": "\ufeffsep=,\n" + csvOf(t, table, ','),
	} {
		code, out, errs := runIKSCommand(t, text, "-")
		if code != exitOK {
			t.Fatalf("%s: exit %d: %s", name, code, errs)
		}
		checkPublished(t, out, families)
	}
	setCell(table, 1, "survei_tanggal", "")
	if _, _, errs := runIKSCommand(t, "sep=;\n"+csvOf(t, table, ';'), "-"); !strings.Contains(errs, "-:3: survei_tanggal: refused") {
		t.Errorf("rows behind the separator's line: %s", errs)
	}
	for says, text := range map[string]string{
		"its lines end with CR alone": strings.ReplaceAll(csvOf(t, table, ','), "\n", "\r"),
		"an old workbook (.xls)":      "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00",
		"columns 1 and 2 are headed":  "\x1b[31m,\x1b[31m\n",
	} {
		if code, _, errs := runIKSCommand(t, text, "-"); code != exitFailed || !strings.Contains(errs, says) || strings.Contains(errs, "\x1b") {
			t.Errorf("exit %d, %q is not told: %q", code, says, errs)
		}
	}
}
