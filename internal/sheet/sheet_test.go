package sheet

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/keluarga-sehat/sync/internal/unraced"
)

var awkward = []string{
	"=1+1", "+62 812", "-5", "@SUM(A1)", "\t=1", "\r=1", "a\r\nb", " berawal spasi", "berakhir spasi ", "_x0041_ tampak seperti kode", "_x00",
	"\x00\x01\x1f", "<b>&\"'</b>", "'sudah berkutip", "＝1+1", "  =1", "emoji 👩‍⚕️", "\u202eterbalik", "\ufffe\uffff", strings.Repeat("é", 4000),
}

func TestTextStaysTextInAWorkbook(t *testing.T) {
	var file bytes.Buffer
	table, err := New(&file, XLSX, "Nama: [aneh]")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range append([]string{"judul"}, awkward...) {
		if err := table.Row(Text(s), Number("0.25"), Text("")); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	name := book.GetSheetName(0)
	for i, want := range awkward {
		at, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			t.Fatal(err)
		}
		got, err := book.GetCellValue(name, at)
		if err != nil || got != want {
			t.Errorf("%s: %q, want %q, %v", at, got, want, err)
		}
		if formula, err := book.GetCellFormula(name, at); err != nil || formula != "" {
			t.Errorf("%s: formula %q, %v", at, formula, err)
		}
		if kind, err := book.GetCellType(name, at); err != nil || kind != excelize.CellTypeInlineString {
			t.Errorf("%s: type %v, %v", at, kind, err)
		}
	}
	if got, err := book.GetCellValue(name, "B2"); err != nil || got != "0.25" {
		t.Errorf("number: %q, %v", got, err)
	}
}

func TestNoCellOfCSVIsAFormulaAndNoneIsLost(t *testing.T) {
	var file bytes.Buffer
	table, err := New(&file, CSV, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range awkward {
		if err := table.Row(Text(s), Number("-1")); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if strings.ContainsAny(strings.TrimLeft(row[0], " ")[:1], "=+-@\t\r\n") {
			t.Errorf("%q may be taken for a formula", row[0])
		}
		back := strings.TrimPrefix(row[0], "'")
		// The reader of the standard library takes CRLF inside a cell for LF.
		if want := strings.ReplaceAll(awkward[i], "\r\n", "\n"); back != want {
			t.Errorf("%q came back as %q", want, back)
		}
		if row[1] != "-1" {
			t.Errorf("number %q", row[1])
		}
	}
}

func TestJSONHoldsRowsByColumn(t *testing.T) {
	var file bytes.Buffer
	table, err := New(&file, JSON, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := table.Row(Headings("nama", "iks", "catatan")...); err != nil {
		t.Fatal(err)
	}
	for _, s := range awkward {
		if err := table.Row(Text(s), Number("0.500"), Cell{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Row(Text("kurang")); err == nil {
		t.Error("a row of another width was taken")
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Nama    string
		IKS     float64
		Catatan *string
	}
	if err := json.Unmarshal(file.Bytes(), &rows); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if row.Nama != awkward[i] || row.IKS != 0.5 || row.Catatan != nil {
			t.Errorf("row %d: %+v", i, row)
		}
	}
}

func TestAWorkbookThatIsFullSaysSo(t *testing.T) {
	book := NewWorkbook(io.Discard)
	if err := book.Sheet(Layout{Name: "penuh"}); err != nil {
		t.Fatal(err)
	}
	book.rows = MaxRows
	if err := book.Row(Text("x")); err == nil {
		t.Error("a row beyond the last was taken")
	}
	if err := book.Close(); err == nil {
		t.Error("a workbook with a row missing was ended as if it were whole")
	}
	other := NewWorkbook(io.Discard)
	if err := other.Sheet(Layout{Name: "panjang"}); err != nil {
		t.Fatal(err)
	}
	if err := other.Row(Text(strings.Repeat("x", maxCellUnits+1))); err == nil {
		t.Error("a cell too long was taken")
	}
}

func TestRowsDoNotGatherInMemory(t *testing.T) {
	unraced.Test(t)
	book := NewWorkbook(io.Discard)
	if err := book.Sheet(Layout{Name: "banyak"}); err != nil {
		t.Fatal(err)
	}
	live := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	row := Headings("a", "b", "c", "d")
	var before uint64
	const rows, warm = 100_000, 1000
	for i := range rows {
		if i == warm {
			before = live()
		}
		if err := book.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if after := live(); after > before+1<<20 {
		t.Errorf("%d bytes more after %d rows", after-before, rows)
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
}
