package registration

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/keluarga-sehat/sync/internal/unraced"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// filled is a form of Garut by fewRules, as CSV, with its offices.
func filled() [][]string {
	rows := [][]string{
		{FormTitle}, {labelDistrict, "32.05"}, {labelNumber, "440/9/2026"}, {labelDate, "1/3/2026"}, {labelSignatory, "dr. Dewi"},
		{labelPosition, "Kepala Dinas"}, {labelCopyDate, "2026-03-01"}, {labelCopyChannel, "Pos"}, slices.Clone(formColumns),
	}
	for i, p := range append([]*ksv1.NomineePerson{nominee(ksv1.Role_ROLE_PROVINCE, 70), nominee(ksv1.Role_ROLE_DISTRICT, 71)}, people(80)...) {
		code, name := "P3205010101", "Puskesmas Garut"
		if i < 2 {
			code, name = "", ""
		}
		rows = append(rows, []string{code, name, roleLabel(p.GetRole()), p.GetFullName(), "", "Ya", p.GetNik(), p.GetPosition(), p.GetMobile(), p.GetEmail()})
	}
	return rows
}

func asCSV(rows [][]string, comma string) []byte {
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(strings.Join(row, comma) + "\r\n")
	}
	return []byte(b.String())
}

func asXLSX(t *testing.T, rows [][]string, spoil ...func(f *excelize.File, sheet string) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range rows {
		for j, value := range row {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err := errors.Join(err, f.SetCellStr(f.GetSheetName(0), cell, value)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, spoil := range spoil {
		if err := spoil(f, f.GetSheetName(0)); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	_, err := f.WriteTo(&b)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Spreadsheet programs of older Macintoshes count days from 1904.
func TestADateOfAFormIsCountedFromWhereItsWorkbookSays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		days     int64 // 2026-03-01
		from1904 bool
	}{"days from 1900": {46082, false}, "days from 1904": {46082 - 1462, true}} {
		form, problems, err := ReadForm(t.Context(), asXLSX(t, filled(), func(f *excelize.File, sheet string) error {
			return errors.Join(
				f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &c.from1904}), f.SetCellInt(sheet, "B4", c.days), f.SetCellInt(sheet, "B7", c.days+1),
			)
		}))
		if err != nil || len(problems) > 0 || form.Letter.GetDate() != "2026-03-01" || form.CopyDate != "2026-03-02" {
			t.Errorf("%s: letter of %s, copy of %s, %v %v", name, form.Letter.GetDate(), form.CopyDate, problems, err)
		}
	}
}

func TestAFormIsReadFromEveryKindOfTable(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"CSV": asCSV(filled(), ","), "semicolons": asCSV(filled(), ";"), "byte order mark": append([]byte("\xef\xbb\xbf"), asCSV(filled(), ",")...),
		"XLSX": asXLSX(t, filled()),
	} {
		form, problems, err := ReadForm(t.Context(), data)
		if err != nil || len(problems) > 0 {
			t.Errorf("%s: %v %v", name, problems, err)
			continue
		}
		if form.District != "32.05" || form.Letter.GetDate() != "2026-03-01" || form.CopyChannel != byPost || form.Province.GetFullName() != nominee(0, 70).GetFullName() ||
			len(form.Puskesmas) != 1 || len(form.Puskesmas[0].People) != 5 || form.Puskesmas[0].Rows[0] != 12 {
			t.Errorf("%s: %+v", name, form)
		}
	}
}

func TestTheEmptyFormCanBeFilledInAndReadBack(t *testing.T) {
	t.Parallel()
	asCSV, err1 := EmptyCSV(fewRules)
	asXLSX, err2 := EmptyXLSX(fewRules)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"CSV": asCSV, "XLSX": asXLSX} {
		rows, err := readRows(t.Context(), data)
		if err != nil {
			t.Fatal(err)
		}
		if at := slices.IndexFunc(rows, func(r formRow) bool { return r.cell(0) == columnCode }); at < 0 || len(rows) != at+1+2+5 {
			t.Errorf("%s has %d rows", name, len(rows))
		}
		// Rows that nobody filled in are not persons.
		form, problems, err := ReadForm(t.Context(), data)
		if err != nil || len(form.Puskesmas) > 0 || form.Province != nil {
			t.Errorf("%s: %+v %v", name, form, err)
		}
		for _, p := range problems {
			if p.Row != 0 {
				t.Errorf("%s: %s", name, p)
			}
		}
	}
}

func TestWhatIsWrongWithAFormIsToldByRowAndColumn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(rows [][]string) [][]string
		want  string
	}{
		"no district":       {func(r [][]string) [][]string { return append(r[:1:1], r[2:]...) }, "Kode kabupaten/kota: belum diisi !"},
		"a province's code": {func(r [][]string) [][]string { r[1][1] = "32"; return r }, "baris 2, Kode kabupaten/kota: bukan kode kabupaten/kota; contoh: 32.04 !"},
		"an odd date":       {func(r [][]string) [][]string { r[3][1] = "Maret"; return r }, "baris 4, Tanggal surat: bukan tanggal; contoh: 2026-03-01 !"},
		"no letter number":  {func(r [][]string) [][]string { r[2][1] = ""; return r }, "Nomor surat: belum diisi"},
		"an odd role":       {func(r [][]string) [][]string { r[13][2] = "Sopir"; return r }, "baris 14, Peran: harus salah satu dari"},
		"an odd code":       {func(r [][]string) [][]string { r[13][0] = "Garut"; return r }, "baris 14, Kode Puskesmas: bukan kode Puskesmas !"},
		"a short NIK":       {func(r [][]string) [][]string { r[13][6] = "3204"; return r }, "baris 14, NIK: NIK harus terdiri atas 16 angka."},
		"a rounded NIK":     {func(r [][]string) [][]string { r[13][6] = "3.20405E+15"; return r }, "baris 14, NIK: dibulatkan oleh lembar kerja"},
		"an empty NIP":      {func(r [][]string) [][]string { r[13][5] = ""; return r }, "baris 14, NIP: NIP belum diisi"},
		"an odd mark":       {func(r [][]string) [][]string { r[13][5] = "mungkin"; return r }, "baris 14, Bukan ASN: harus Ya atau Tidak !"},
		"two names":         {func(r [][]string) [][]string { r[13][1] = "Garut Kota"; return r }, `baris 14, Nama Puskesmas: berbeda dengan "Puskesmas Garut"`},
		"a column missing":  {func(r [][]string) [][]string { r[8][6] = "Nomor"; return r }, "baris 9, NIK: kolom ini tidak ada !"},
		"a column twice":    {func(r [][]string) [][]string { r[8] = append(r[8], "NIK :"); return r }, "baris 9, NIK: kolom ini ada dua kali !"},
		"a line twice": {
			func(r [][]string) [][]string { return slices.Insert(r, 3, []string{"Nomor surat:", "440/10/2026"}) },
			"baris 4, Nomor surat: tertulis dua kali dengan isi yang berbeda !",
		},
		"a line again":      {func(r [][]string) [][]string { return slices.Insert(r, 3, r[2]) }, ""},
		"two for an office": {func(r [][]string) [][]string { return append(r, r[9]) }, "baris 17, Peran: tertulis dua kali"},
		"an office's code":  {func(r [][]string) [][]string { r[9][0] = "P3205010101"; return r }, "baris 10, Kode Puskesmas: harus kosong bagi kantor !"},
	} {
		_, problems, err := ReadForm(t.Context(), asCSV(c.spoil(filled()), ","))
		var got []string
		for _, p := range problems {
			text := p.String()
			if p.Structural {
				text += " !"
			}
			got = append(got, text)
		}
		if err != nil || !strings.HasPrefix(strings.Join(got, "; "), c.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, data := range map[string][]byte{
		"nothing": nil, "no table": []byte("Halo\n"), "an image": {0x89, 'P', 'N', 'G', 0xff}, "no workbook": []byte("PK\x03\x04kosong"),
		"too large": bytes.Repeat([]byte("a"), MaxFormBytes+1), "an open quote": []byte("\"Kode Puskesmas,x\n"),
		"a huge cell": []byte("Kode Puskesmas\n" + strings.Repeat("1", maxCell+1)),
	} {
		var wrong *FormError
		if _, _, err := ReadForm(t.Context(), data); !errors.As(err, &wrong) || len(wrong.Problems) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPaperFormGoesInWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	receive := func(r Received) (*Whole, error) {
		r.LetterPDF, r.Channel = aPDF, byPost
		return w.Receive(ctx, w.pusdatin, r)
	}
	spoiled := filled()
	spoiled[13][6], spoiled[14][6] = "12", spoiled[15][6]
	var wrong *FormError
	_, err := receive(Received{Form: asCSV(spoiled, ",")})
	if !errors.As(err, &wrong) || fmt.Sprint(wrong.Problems) != "[baris 14, NIK: NIK harus terdiri atas 16 angka. baris 16, NIK: NIK yang sama ada di baris 15]" {
		t.Fatalf("mistakes: %v", err)
	}
	if list, _, err := w.List(ctx, w.pusdatin, Filter{Limit: 9}); err != nil || len(list) != 0 {
		t.Fatalf("something was entered: %+v, %v", list, err)
	}
	// Entered all the same it can be returned with reasons, and corrected.
	r, err := receive(Received{Form: asCSV(spoiled, ","), Incomplete: true})
	if err != nil || r.State() != submitted || r.CopyChannel != int32(byPost) {
		t.Fatalf("incomplete: %+v, %v", r, err)
	}
	_, err1 := w.BeginVerification(ctx, w.pusdatin, r.Number, nil, "")
	_, err2 := w.Return(ctx, w.pusdatin, r.Number, nil, "NIK baris 14 sampai 16")
	r, err3 := receive(Received{Form: asXLSX(t, filled()), Registration: r.Number})
	_, err4 := w.BeginVerification(ctx, w.pusdatin, r.Number, nil, "")
	r, err5 := w.Accept(ctx, w.pusdatin, r.Number, nil, "")
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil || r.State() != accepted {
		t.Fatalf("corrected: %v", err)
	}
	var step *StepError
	if _, err := receive(Received{Form: asCSV(filled(), ","), Registration: r.Number}); !errors.As(err, &step) {
		t.Errorf("a form over an accepted one: %v", err)
	}
	other := filled()
	other[1][1] = "32.04"
	if _, err := receive(Received{Form: asCSV(other, ",")}); !errors.As(err, &wrong) || !strings.Contains(wrong.Error(), "berada di kabupaten/kota 32.05") {
		t.Errorf("a Puskesmas of another district: %v", err)
	}
	without := filled()
	without[6][1] = ""
	if _, err := receive(Received{Form: asCSV(without, ","), Incomplete: true}); !errors.As(err, &wrong) || !strings.Contains(wrong.Error(), labelCopyDate) {
		t.Errorf("without a copy to the province: %v", err)
	}
	if _, err := w.Receive(ctx, w.bandung, Received{Form: asCSV(filled(), ","), LetterPDF: aPDF, Channel: byPost}); !errors.Is(err, ErrForbidden) {
		t.Errorf("a district receives: %v", err)
	}
}

func TestALetterIsAPDFOfBoundedSize(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pdf  []byte
		want string
	}{
		"a PDF": {aPDF, ""}, "empty": {nil, "bukan PDF"}, "an executable": {[]byte("MZ%PDF-1.4 %%EOF"), "bukan PDF"}, "cut off": {aPDF[:12], "terpotong"},
		"too large": {append(bytes.Repeat([]byte("%PDF-"), MaxLetterBytes/4), "%%EOF"...), "paling banyak 1,0 MB"},
	} {
		err := checkPDF(c.pdf)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestANumberThatASpreadsheetMayHaveRoundedIsToldNotTaken: of a cell that is a number
// spreadsheets keep 15 digits, so that NIK and NIP would be another's.
func TestANumberThatASpreadsheetMayHaveRoundedIsToldNotTaken(t *testing.T) {
	t.Parallel()
	rows := filled()
	rows[13][4], rows[13][5] = "198001022005011003", ""
	const what = "dibulatkan oleh lembar kerja: jadikan selnya teks, lalu ketik lagi"
	for name, c := range map[string]struct {
		cell   string
		number int64
		want   []RowProblem
	}{
		"a NIK that ends as a rounded one": {"G14", 3205014101800080, []RowProblem{{14, columnNIK, what, true}}},
		"a NIP, which is longer":           {"E14", 198001022005011003, []RowProblem{{14, columnNIP, what, true}}},
		"a NIK that does not":              {"G14", 3205014101800083, nil},
		"a mobile number, which is short":  {"I14", 6281234567890, nil},
	} {
		_, problems, err := ReadForm(t.Context(), asXLSX(t, rows, func(f *excelize.File, sheet string) error { return f.SetCellValue(sheet, c.cell, c.number) }))
		if err != nil || !slices.Equal(problems, c.want) {
			t.Errorf("%s: %v, %v", name, problems, err)
		}
	}
}

// A workbook whose sheet is cut amid a row is refused, not read as a shorter list.
func TestAWorkbookThatIsCutIsRefused(t *testing.T) {
	t.Parallel()
	whole := asXLSX(t, filled())
	if _, _, err := ReadForm(t.Context(), whole); err != nil {
		t.Fatal(err)
	}
	cut := repack(t, whole, func(sheet []byte) []byte { return sheet[:bytes.LastIndex(sheet, []byte("<row "))+20] })
	var wrong *FormError
	if _, _, err := ReadForm(t.Context(), cut); !errors.As(err, &wrong) || !strings.Contains(fmt.Sprint(wrong.Problems), "rusak atau terpotong") {
		t.Errorf("a cut workbook gives %v", err)
	}
}

// What can't be read of a row is told by its cell, or where none is to blame by the row.
func TestARowThatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	for told, change := range map[string][2]string{
		"baris 2 tidak dapat dibaca":                              {`r="B2"`, `r="B7"`},
		"baris 2 berisi sel yang tidak dapat dibaca (kolom ke-1)": {`r="B2"`, `r="A2"`},
	} {
		broken := repack(t, asXLSX(t, filled()), func(sheet []byte) []byte {
			if !bytes.Contains(sheet, []byte(change[0])) {
				t.Fatalf("the sheet has no %s", change[0])
			}
			return bytes.Replace(sheet, []byte(change[0]), []byte(change[1]), 1)
		})
		var wrong *FormError
		if _, _, err := ReadForm(t.Context(), broken); !errors.As(err, &wrong) || !strings.Contains(fmt.Sprint(wrong.Problems), told) {
			t.Errorf("not %q but %v", told, err)
		}
	}
}

// repack packs a workbook with another first sheet.
func repack(t *testing.T, data []byte, change func(sheet []byte) []byte) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	to := zip.NewWriter(&packed)
	for _, f := range from.File {
		w, err1 := to.Create(f.Name)
		content, err2 := f.Open()
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(content)
		if f.Name == "xl/worksheets/sheet1.xml" {
			plain = change(plain)
		}
		_, failed := w.Write(plain)
		if err := errors.Join(err, failed, content.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// TestAWorkbookThatUnpacksToMuchIsRefused: some kilobytes that would be tens of
// megabytes of cells.
func TestAWorkbookThatUnpacksToMuchIsRefused(t *testing.T) {
	unraced.Test(t)
	t.Parallel()
	packed := repack(t, asXLSX(t, filled()), func(sheet []byte) []byte { return append(sheet, bytes.Repeat([]byte(" "), 32<<20)...) })
	if len(packed) > MaxFormBytes {
		t.Fatalf("the test's file has %d bytes", len(packed))
	}
	var wrong *FormError
	if _, _, err := ReadForm(t.Context(), packed); !errors.As(err, &wrong) {
		t.Errorf("a workbook of %d bytes is unpacked: %v", len(packed), err)
	}
}
