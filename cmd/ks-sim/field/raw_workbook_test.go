package field

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// asWorkbook is a text of commas as a workbook, each cell a text, with what alter does to it.
func asWorkbook(t *testing.T, text string, alter func(book *excelize.File) error) string {
	t.Helper()
	book := excelize.NewFile()
	for r, line := range strings.Split(strings.TrimSpace(text), "\n") {
		for c, cell := range strings.Split(line, ",") {
			at, err := excelize.CoordinatesToCellName(c+1, r+1)
			if err := errors.Join(err, book.SetCellStr("Sheet1", at, cell)); err != nil {
				t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if err := errors.Join(alter(book), book.Write(&out), book.Close()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Spreadsheet programs of older Macintoshes count days from 1904, which no cell tells.
func TestACorrectionOfAWorkbookFrom1904IsToldOlderFromNewer(t *testing.T) {
	t.Parallel()
	workbook := func(smoker rawMember, updated float64, from1904 bool) string {
		return asWorkbook(t, k1("2018-02-03").of(m1, smoker), func(book *excelize.File) error {
			return errors.Join(book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}),
				book.SetCellFloat("Sheet1", "C2", updated, -1, 64), book.SetCellFloat("Sheet1", "C3", updated, -1, 64))
		})
	}
	const noon = 43135.5 // 2018-02-04 12:00
	newer := m2
	newer.smokes = "T"
	for name, c := range map[string]struct {
		first, second string
	}{
		"after a text":           {k1("2018-02-03").of(m1, m2), workbook(newer, noon-1462, true)},
		"before a text":          {workbook(m2, noon-1-1462, true), k1("2018-02-03").of(m1, newer)},
		"after one from 1900":    {workbook(m2, noon, false), workbook(newer, noon+0.25-1462, true)},
		"before one from 1900":   {workbook(m2, noon-0.25-1462, true), workbook(newer, noon, false)},
		"both of them from 1904": {workbook(m2, noon-1462, true), workbook(newer, noon+0.25-1462, true)},
	} {
		f := newField(t, 1, nil)
		if r, told := bring(t, f, c.first, c.second); r.Older != 0 || r.Unchanged != 0 || r.Refused != 0 {
			t.Errorf("%s: %+v, %s", name, r, told)
		}
		if got := sehatOf(t, f, 0); got != "1/1" {
			t.Errorf("%s: %s are sehat, the newer file holds", name, got)
		}
		if r, _ := bring(t, f, c.first); r.Older != 1 {
			t.Errorf("%s, the older again: %+v", name, r)
		}
		if out := export(t, f); !strings.Contains(out, "2018-02-0") || strings.Contains(out, "4167") {
			t.Errorf("%s: the time is told as no one can read it:\n%s", name, out)
		}
	}
}
