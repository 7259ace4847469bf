package field

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	"github.com/keluarga-sehat/sync/internal/sheet"
	"github.com/keluarga-sehat/sync/server/exchange"
)

// TestHostileTextsReachFilesAsText takes 200 texts from a device to the server,
// to REST, CSV, workbook and RAW, and back in from there.
func TestHostileTextsReachFilesAsText(t *testing.T) {
	texts := HostileTexts()
	if len(texts) < 200 {
		t.Fatalf("only %d texts", len(texts))
	}
	t.Parallel()
	f := newField(t, 1, nil)
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	families, err := CollectHostile(t.Context(), u, village(t, u), "001/001")
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	token := restToken(t, f, "supervisor")
	for _, family := range families {
		var shown struct {
			Household struct {
				Members []struct{ Member struct{ Name string } }
			}
		}
		restGet(t, f, token, "/v1/families/"+family.ID.String(), &shown)
		for _, name := range family.Names {
			if !slices.ContainsFunc(shown.Household.Members, func(m struct{ Member struct{ Name string } }) bool { return m.Member.Name == name }) {
				t.Errorf("REST does not give %q as it is", name)
			}
		}
	}
	hostileList(t, f, token, families)
	hostileRaw(t, f, texts)
}

// hostileList: no cell of a file to read is a formula, and every text is there.
func hostileList(t *testing.T, f *Field, token string, families []HostileFamily) {
	const body = `{"reason":"percobaan naskah asing","format":"FILE_FORMAT_`
	rows := takeFile(t, f, "POST", "Bearer "+token, "/v1/exports/families", body+`CSV"}`).csv(t)
	book, err := excelize.OpenReader(bytes.NewReader(takeFile(t, f, "POST", "Bearer "+token, "/v1/exports/families", body+`XLSX"}`).data))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	cells, err := book.GetRows("Keluarga", excelize.Options{RawCellValue: true})
	if err != nil || len(cells) != len(families)+1 || len(rows) != len(families) {
		t.Fatalf("%d rows in the workbook, %d in CSV, %v", len(cells), len(rows), err)
	}
	name, address := slices.Index(cells[0], "nama_kepala_keluarga"), slices.Index(cells[0], "alamat")
	for i, row := range cells[1:] {
		at := slices.IndexFunc(families, func(h HostileFamily) bool { return h.ID.String() == row[0] })
		if want := families[at].Names; row[name] != want[0] || row[address] != want[len(want)-1] {
			t.Errorf("workbook: %q, %q; want %q, %q", row[name], row[address], want[0], want[len(want)-1])
		}
		for column := range row {
			cell, err := excelize.CoordinatesToCellName(column+1, i+2)
			if err != nil {
				t.Fatal(err)
			}
			if formula, err := book.GetCellFormula("Keluarga", cell); err != nil || formula != "" {
				t.Errorf("%s is a formula: %q, %v", cell, formula, err)
			}
		}
		// The reader of the standard library takes CRLF inside a cell for LF.
		if want := strings.ReplaceAll(sheet.Harmless(row[name]), "\r\n", "\n"); rows[i]["nama_kepala_keluarga"] != want {
			t.Errorf("CSV: %q, want %q", rows[i]["nama_kepala_keluarga"], want)
		}
		for column, cell := range rows[i] {
			if bare := strings.TrimLeft(cell, " \u00a0\u200b\ufeff"); bare != "" && strings.ContainsRune("=+-@\t\r\n", rune(bare[0])) {
				t.Errorf("CSV: %s may be taken for a formula: %q", column, cell)
			}
		}
	}
}

// hostileRaw: RAW holds every text, and gives it back: out, in and out again is
// the same file, as CSV and by way of a workbook.
func hostileRaw(t *testing.T, f *Field, texts []string) {
	first := exportAs(t, f, exchange.Export{Format: rawsurvei.CSV})
	book := exportAs(t, f, exchange.Export{Format: rawsurvei.XLSX})
	for name, file := range map[string]string{"out.csv": first, "out.xlsx": book} {
		other := newField(t, 1, nil)
		report := load(t, other, file, 0)
		if report.Refused != 0 || report.Families == 0 {
			t.Errorf("%s: %+v", name, report)
		}
		second := exportAs(t, other, exchange.Export{Format: rawsurvei.CSV})
		if second == first {
			continue
		}
		a, b := strings.Split(first, "\n"), strings.Split(second, "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Errorf("%s, line %d:\n%q\n%q", name, i+1, a[i], b[i])
				break
			}
		}
	}
	rows, err := csv.NewReader(strings.NewReader(strings.ReplaceAll(first, "\r\n", "\n"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := slices.Index(rows[0], "survei_individu_nama")
	names := map[string]bool{}
	for _, row := range rows[1:] {
		names[row[column]] = true
	}
	for _, text := range texts {
		if !names[strings.ReplaceAll(text, "\r\n", "\n")] {
			t.Errorf("RAW has no member called %q", text)
		}
	}
}
