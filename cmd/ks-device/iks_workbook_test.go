package main

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/sheet"
)

// workbookOf is a table as a workbook, its sheet's XML changed by edit.
func workbookOf(t *testing.T, table [][]string, edit func(xml string) string) string {
	t.Helper()
	var whole, out bytes.Buffer
	book := sheet.NewWorkbook(&whole)
	if err := book.Sheet(sheet.Layout{Name: "RAW", HeaderRows: 1}); err != nil {
		t.Fatal(err)
	}
	for _, row := range table {
		cells := make([]sheet.Cell, len(row))
		for i, text := range row {
			cells[i] = sheet.Text(text)
		}
		if err := book.Row(cells...); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	in, err := zip.NewReader(bytes.NewReader(whole.Bytes()), int64(whole.Len()))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		text := string(content)
		if strings.HasPrefix(f.Name, "xl/worksheets/") {
			text = edit(text)
		}
		w, err := z.Create(f.Name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// The families F01, F03 and F04 have two members each: rows 2 to 7.
func TestADamagedWorkbookLosesNoFamilyInSilence(t *testing.T) {
	t.Parallel()
	table := rawTable(published(t)[:3])
	for name, c := range map[string]struct {
		edit func(string) string
		code int
		kept string
		says string
	}{
		"whole": {func(x string) string { return x }, exitOK, "F01 F03 F04", "0 refused"},
		"cut at the end of a row": {func(x string) string { return x[:strings.Index(x, `<row r="7"`)] }, exitFailed, "F01 F03",
			`row 6: sheet "RAW": part xl/worksheets/sheet1.xml is damaged`},
		"a control character": {func(x string) string { return strings.Replace(x, "rtF04", "rt\x0bF04", 1) }, exitFailed, "F01",
			`row 5: sheet "RAW": part xl/worksheets/sheet1.xml is damaged`},
		"a text that is not there": {func(x string) string {
			return strings.Replace(x, `t="inlineStr"><is><t xml:space="preserve">F03-1`, `t="s"><v>9</v><is><t>`, 1)
		}, exitIncomplete, "F01 F04", "refused: the cell names text 9 of the workbook, which has 0"},
		"a row behind another": {func(x string) string { return strings.Replace(x, `<row r="5"`, `<row r="2"`, 1) }, exitIncomplete, "F01 F04",
			"refused: row 2 stands behind row 4"},
	} {
		book := workbookOf(t, table, c.edit)
		code, out, errs := runIKSCommand(t, book, "-")
		if code != c.code || familiesIn(t, out) != c.kept || !strings.Contains(errs, c.says) {
			t.Errorf("%s: exit %d, kept %s: %s", name, code, familiesIn(t, out), errs)
		}
		path := filepath.Join(t.TempDir(), "raw.xlsx")
		if err := os.WriteFile(path, []byte(book), 0o600); err != nil {
			t.Fatal(err)
		}
		if code2, out2, _ := runIKSCommand(t, "", path); code2 != code || out2 != out {
			t.Errorf("%s: as a file exit %d: %s", name, code2, out2)
		}
	}
}

func TestFilesOfOtherFormsSayWhatToDo(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	if _, err := z.Create("raw.csv"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for data, says := range map[string]string{
		"\xd0\xcf\x11\xe0\xa1\xb1":  "an old workbook (.xls), or one with a password; save it as CSV UTF-8",
		"\xff\xfes\x00u\x00":        "the text is UTF-16; save it as CSV UTF-8",
		packed.String():             "holds no .xlsx workbook; unpack it",
		"a\x1b[31m,a\x1b[31m\n":     "columns 1 and 2 are headed alike",
		"SURVEI_NO_KK,survei_no_kk": `column "survei_no_kk" stands there twice`,
	} {
		if code, _, errs := runIKSCommand(t, data, "-"); code != exitFailed || !strings.Contains(errs, says) || strings.Contains(errs, "\x1b") {
			t.Errorf("%.5q: exit %d: %s", data, code, errs)
		}
	}
}
