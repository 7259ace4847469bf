package registration

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/keluarga-sehat/sync/internal/separated"
	"github.com/keluarga-sehat/sync/internal/shape"
	"github.com/keluarga-sehat/sync/internal/workbook"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Bounds of a form as a file.
const (
	// MaxFormBytes bounds a filled form.
	MaxFormBytes = 512 << 10
	// maxFormRows counts blank ones too; maxFormColumns leaves room for notes.
	maxFormRows    = 20_000
	maxFormColumns = 50
	maxCell        = 500
)

// formBounds are those of a form as a workbook: beyond what maxFormRows fill. A part of
// 16 MiB is read in seconds.
var formBounds = workbook.Bounds{Strings: 100_000, StringBytes: 4 << 20, PartBytes: 16 << 20}

// maxFurtherBytes is what the sheets behind the form's together unpack to, which are looked
// through for a second table.
const maxFurtherBytes = 4 << 20

// zipStart begins every XLSX.
var zipStart = []byte("PK\x03\x04")

// otherKinds are what people upload for a form, by how it begins, with what to do about it.
var otherKinds = map[string]string{
	// A compound file: a workbook of before 2007, or one that a password encrypts.
	"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1": "berkata sandi atau berformat XLS lama; simpan sebagai XLSX tanpa kata sandi",
	"\xFF\xFE":                         "berisi teks UTF-16; simpan sebagai XLSX atau “CSV UTF-8”",
	"\xFE\xFF":                         "berisi teks UTF-16; simpan sebagai XLSX atau “CSV UTF-8”",
	"%PDF-":                            "ini PDF; unggah formulir XLSX atau CSV",
}

// noForm is what is told of bytes that are no form.
func noForm(problem string) error {
	return &FormError{[]RowProblem{{0, "berkas", problem, true}}}
}

// readRows reads the first sheet of a workbook, or CSV. Errors: *FormError, the context's.
func readRows(ctx context.Context, data []byte) ([]formRow, error) {
	switch {
	case len(data) > MaxFormBytes:
		return nil, noForm("terlalu besar: paling banyak " + shape.Megabytes(MaxFormBytes))
	case bytes.HasPrefix(data, zipStart):
		return readWorkbook(ctx, data)
	}
	for begins, problem := range otherKinds {
		if bytes.HasPrefix(data, []byte(begins)) {
			return nil, noForm(problem)
		}
	}
	if !utf8.Valid(data) {
		return nil, noForm("bukan XLSX dan bukan CSV (UTF-8)")
	}
	return readCSV(data)
}

func readWorkbook(ctx context.Context, data []byte) (rows []formRow, err error) {
	bounds := formBounds
	bounds.Wanted = ctx.Err
	book, err := workbook.Open(bytes.NewReader(data), int64(len(data)), bounds)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, noForm("buku kerja tidak dapat dibaca; simpan ulang sebagai .xlsx, atau sebagai CSV UTF-8")
	}
	sheet, err := book.Rows(0)
	if err != nil {
		return nil, noForm("lembar pertamanya tidak dapat dibaca")
	}
	defer func() { err = errors.Join(err, sheet.Close()) }()
	for {
		row, err := sheet.Next()
		switch {
		case errors.Is(err, io.EOF):
			return rows, onlyForm(ctx, book)
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			return nil, noForm(fmt.Sprintf("rusak atau terpotong setelah baris %d; simpan ulang lalu unggah lagi", sheet.Last()))
		case row.Fault != "":
			return nil, noForm(unreadableRow(row))
		case row.Number > maxFormRows:
			return nil, noForm(fmt.Sprintf("berisi lebih dari %d baris", maxFormRows))
		}
		read := formRow{number: row.Number, cells: slices.Clone(row.Cells), from1904: book.Date1904}
		for _, column := range row.Rounded {
			read.rounded = append(read.rounded, column-1)
		}
		if rows, err = addRow(rows, read); err != nil {
			return nil, err
		}
	}
}

// onlyForm refuses a workbook of which a further sheet that people see has the table, too:
// those on it would be missed by nobody. Errors: *FormError, the context's.
func onlyForm(ctx context.Context, book *workbook.Book) error {
	size := uint64(0)
	for further := 1; further < book.Visible; further++ {
		if size += book.SheetBytes(further); size > maxFurtherBytes {
			return noForm("lembar-lembar lainnya terlalu panjang; simpan lembar pertamanya saja")
		}
		has := hasTable(book, further)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if has {
			return noForm(fmt.Sprintf("lembar ke-%d juga berisi daftar calon; satukan semuanya dalam lembar pertama", further+1))
		}
	}
	return nil
}

// hasTable looks for the table's heads, as far as a sheet can be read.
func hasTable(book *workbook.Book, at int) (has bool) {
	sheet, err := book.Rows(at)
	if err != nil {
		return false
	}
	for err == nil && !has {
		var row *workbook.Row
		if row, err = sheet.Next(); err == nil {
			has = same(formRow{cells: row.Cells}.cell(0), columnCode)
		}
	}
	return sheet.Close() == nil && has
}

// unreadableRow tells where a row can't be read.
func unreadableRow(row *workbook.Row) string {
	if row.FaultColumn == 0 {
		return fmt.Sprintf("baris %d tidak dapat dibaca: letaknya tidak jelas, atau isinya terlalu panjang; simpan ulang sebagai .xlsx", row.Number)
	}
	return fmt.Sprintf("baris %d berisi sel yang tidak dapat dibaca (kolom ke-%d): galat, atau rumus tanpa hasil", row.Number, row.FaultColumn)
}

func readCSV(data []byte) ([]formRow, error) {
	skip, separator := separated.Begin(data)
	data = data[skip:]
	if at := bytes.Index(data, []byte("\n"+columnCode)); at >= 0 { // the header line stands below the form's own
		header, _, _ := bytes.Cut(data[at+1:], []byte("\n"))
		separator = separated.Of(header)
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.Comma = -1, rune(separator)
	var rows []formRow
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			return nil, noForm(fmt.Sprintf("baris %d bukan CSV yang benar", wrong.Line))
		}
		if err != nil {
			return nil, noForm("tidak dapat dibaca")
		}
		line, _ := r.FieldPos(0)
		if rows, err = addRow(rows, formRow{number: line, cells: cells}); err != nil {
			return nil, err
		}
	}
}

func addRow(rows []formRow, row formRow) ([]formRow, error) {
	cells := row.cells
	if strings.TrimSpace(strings.Join(cells, "")) == "" {
		return rows, nil
	}
	if len(rows) >= maxFormRows {
		return nil, noForm(fmt.Sprintf("berisi lebih dari %d baris", maxFormRows))
	}
	if len(cells) > maxFormColumns {
		return nil, noForm(fmt.Sprintf("baris %d berisi lebih dari %d kolom", row.number, maxFormColumns))
	}
	for i := range cells {
		// An apostrophe keeps a spreadsheet from rounding a number.
		cells[i] = strings.TrimPrefix(strings.TrimSpace(cells[i]), "'")
		if len(cells[i]) > maxCell {
			return nil, noForm(fmt.Sprintf("baris %d berisi sel lebih dari %d byte", row.number, maxCell))
		}
	}
	return append(rows, row), nil
}

// serialDay reads a date that a workbook keeps as a number of days; from1904 is
// workbook.Book.Date1904.
func serialDay(text string, from1904 bool) (string, bool) {
	t, ok := workbook.Moment(text, 2000, from1904)
	return t.Format(time.DateOnly), ok
}

// emptyRows are the rows of the empty form: its lines, the heads, and a row for
// each person that the rules ask for.
func emptyRows(rules *ksv1.RegistrationRules) [][]string {
	rows := [][]string{{FormTitle}, {}}
	for _, line := range formLines {
		rows = append(rows, []string{line[0], "", line[1]})
	}
	rows = append(rows, []string{}, formColumns)
	row := func(role ksv1.Role) []string {
		cells := make([]string, len(formColumns))
		cells[2] = roleLabel(role)
		return cells
	}
	rows = append(rows, row(ksv1.Role_ROLE_PROVINCE), row(ksv1.Role_ROLE_DISTRICT))
	for _, role := range listRoles {
		n, _ := asked(rules, role)
		for range n {
			rows = append(rows, row(role))
		}
	}
	return rows
}

// EmptyCSV is the empty form as CSV with a byte order mark, for spreadsheets.
func EmptyCSV(rules *ksv1.RegistrationRules) ([]byte, error) {
	b := bytes.NewBufferString("\xef\xbb\xbf")
	w := csv.NewWriter(b)
	for _, row := range emptyRows(rules) {
		if len(row) == 0 {
			row = []string{""}
		}
		if err := w.Write(row); err != nil {
			return nil, fmt.Errorf("write form: %w", err)
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// textFormat is the number format "text", which keeps 16 digits as they are.
const textFormat = 49

// blankRows is how many rows beyond those filled in are set to text.
const blankRows = 500

// EmptyXLSX is the empty form as a workbook, its cells set to text.
func EmptyXLSX(rules *ksv1.RegistrationRules) (data []byte, err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	const sheet = "Registrasi"
	if err := f.SetSheetName(f.GetSheetName(0), sheet); err != nil {
		return nil, fmt.Errorf("write form: %w", err)
	}
	text, err1 := f.NewStyle(&excelize.Style{NumFmt: textFormat})
	bold, err2 := f.NewStyle(&excelize.Style{NumFmt: textFormat, Font: &excelize.Font{Bold: true}})
	rows := emptyRows(rules)
	last, err3 := excelize.ColumnNumberToName(len(formColumns))
	err = errors.Join(err1, err2, err3,
		f.SetCellStyle(sheet, "A1", fmt.Sprintf("%s%d", last, len(rows)+blankRows), text), f.SetCellStyle(sheet, "A1", "A1", bold),
		f.SetColWidth(sheet, "A", last, 22))
	for i, row := range rows {
		for j, value := range row {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return nil, fmt.Errorf("write form: %w", err)
			}
			if err := f.SetCellStr(sheet, cell, value); err != nil {
				return nil, fmt.Errorf("write form: %w", err)
			}
			if same(row[0], columnCode) {
				if err := f.SetCellStyle(sheet, cell, cell, bold); err != nil {
					return nil, fmt.Errorf("write form: %w", err)
				}
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("write form: %w", err)
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		return nil, fmt.Errorf("write form: %w", err)
	}
	return b.Bytes(), nil
}
