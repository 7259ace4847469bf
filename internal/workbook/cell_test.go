package workbook

import (
	"bytes"
	"slices"
	"testing"
)

func TestNumbersOfWorkbooksAreWrittenOut(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1.0": "1", "3.204052001E9": "3204052001", "3.204052001010001E+15": "3204052001010001", "42507.0": "42507",
		// Left as they are: no whole numbers, not a number's form, too long.
		"42507.5": "42507.5", "1.5E0": "1.5E0", "1E+15": "1000000000000000", "12E45": "12E45", "3.2E40": "3.2E40", "1.0.0": "1.0.0", "-1.0": "-1.0", "": "", "a.1": "a.1",
	} {
		if got := PlainNumber(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// A number of more digits than spreadsheets keep is told where it ends as a rounded one does.
func TestRoundedNumbersAreTold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"3204050302800010": true, "3204050302800013": false, "320405030280000": false, "9204050302800012": true,
		"19800203200501100": true, "10": false, "": false, "1.5": false,
	} {
		if got := rounded(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
	book := newDraft(`<row r="1"><c r="A1"><v>3.20405030280001E+15</v></c><c r="B1" t="str"><v>3204050302800010</v></c><c r="C1"><v>3204050302800010</v></c></row><row r="2"><c r="A2"><v>1</v></c></row>`).file(t)
	opened, err := Open(bytes.NewReader(book), int64(len(book)), wide)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := opened.Rows(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range [][]int{{1, 3}, {}} {
		if row, err := rows.Next(); err != nil || !slices.Equal(row.Rounded, want) {
			t.Errorf("%v, %v, want %v", row, err, want)
		}
	}
}
