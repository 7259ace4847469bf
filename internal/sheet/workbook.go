package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of the file format.
const (
	// MaxRows is how many rows a sheet holds.
	MaxRows = 1 << 20
	// maxCellUnits is how many UTF-16 units a cell holds.
	maxCellUnits = 32_767
	// maxSheetName is how long a sheet's name may be.
	maxSheetName = 31
)

// Styles, by their place in stylesXML.
const (
	stylePlain = iota
	styleHeading
	// styleText is text whatever it looks like, also after somebody edited it.
	styleText
)

// Workbook writes an XLSX file as a stream. Sheets follow each other.
type Workbook struct {
	zip    *zip.Writer
	sheets []string
	layout Layout
	out    *bufio.Writer // the sheet under way; nil: none
	rows   int
	err    error // the first; everything after it is refused
}

// Layout is how a sheet looks.
type Layout struct {
	Name string
	// HeaderRows stay in sight and are repeated on every printed page.
	HeaderRows int
	// Widths of columns, in characters; those without keep the default.
	Widths []float64
	// OnePage fits the sheet on one printed A4 page, upright.
	OnePage bool
}

// NewWorkbook begins a workbook.
func NewWorkbook(w io.Writer) *Workbook { return &Workbook{zip: zip.NewWriter(w)} }

// Sheet ends the sheet under way and begins another.
func (b *Workbook) Sheet(l Layout) error {
	b.endSheet()
	if b.err != nil {
		return b.err
	}
	part, err := b.zip.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(b.sheets)+1))
	if err != nil {
		b.err = fmt.Errorf("begin sheet: %w", err)
		return b.err
	}
	b.sheets = append(b.sheets, sheetName(l.Name))
	b.layout, b.rows, b.out = l, 0, bufio.NewWriterSize(part, 64<<10)
	b.write(xml.Header + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`)
	if l.OnePage {
		b.write(`<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>`)
	}
	if l.HeaderRows > 0 {
		b.write(fmt.Sprintf(`<sheetViews><sheetView workbookViewId="0"><pane ySplit="%d" topLeftCell="A%d" activePane="bottomLeft" state="frozen"/>`+
			`</sheetView></sheetViews>`, l.HeaderRows, l.HeaderRows+1))
	}
	if len(l.Widths) > 0 {
		b.write("<cols>")
		for i, w := range l.Widths {
			b.write(fmt.Sprintf(`<col min="%d" max="%d" width="%g" customWidth="1"/>`, i+1, i+1, w))
		}
		b.write("</cols>")
	}
	b.write("<sheetData>")
	return b.err
}

// sheetName is a name without what the format forbids.
func sheetName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`[]:*?/\'`, r) {
			return ' '
		}
		return r
	}, name)
	if runes := []rune(name); len(runes) > maxSheetName {
		name = string(runes[:maxSheetName])
	}
	return name
}

// Row adds a row to the sheet. Errors: a sheet that is full, a cell too long.
func (b *Workbook) Row(cells ...Cell) error {
	if b.err == nil && b.rows == MaxRows {
		b.err = fmt.Errorf("a workbook's sheet holds %d rows: take a smaller area, or CSV", MaxRows)
	}
	if b.err != nil {
		return b.err
	}
	b.rows++
	row := strconv.Itoa(b.rows)
	b.write(`<row r="` + row + `">`)
	for i, c := range cells {
		switch c.kind {
		case empty:
		case number:
			b.write(`<c r="` + column(i) + row + `"><v>` + c.text + `</v></c>`)
		case heading:
			b.text(column(i)+row, styleHeading, c.text)
		default:
			b.text(column(i)+row, styleText, c.text)
		}
	}
	b.write("</row>")
	return b.err
}

func (b *Workbook) text(at string, style int, s string) {
	if utf8.RuneCountInString(s)*2 > maxCellUnits && len(utf16.Encode([]rune(s))) > maxCellUnits {
		b.err = fmt.Errorf("cell %s: a workbook's cell holds %d characters", at, maxCellUnits)
		return
	}
	b.write(`<c r="` + at + `" s="` + strconv.Itoa(style) + `" t="inlineStr"><is><t xml:space="preserve">`)
	if b.err == nil {
		b.err = xml.EscapeText(b.out, []byte(escapeControls(s)))
	}
	b.write(`</t></is></c>`)
}

// escapeControls writes what XML can't hold as the format has it, _x001F_, and
// so also what looks like that already.
func escapeControls(s string) string {
	var out strings.Builder
	for i, r := range s {
		switch {
		case r == '_' && looksEscaped(s[i:]), r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			fmt.Fprintf(&out, "_x%04X_", r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

// looksEscaped tells whether text begins like _x001F_.
func looksEscaped(s string) bool {
	if len(s) < 7 || s[1] != 'x' || s[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(s[2:6], 16, 16)
	return err == nil
}

// column is a column's letters, from 0.
func column(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return column(i/26-1) + string(rune('A'+i%26))
}

func (b *Workbook) write(s string) {
	if b.err == nil {
		_, b.err = b.out.WriteString(s)
	}
}

func (b *Workbook) endSheet() {
	if b.out == nil || b.err != nil {
		return
	}
	b.write("</sheetData>")
	if b.layout.OnePage {
		b.write(`<pageMargins left="0.4" right="0.4" top="0.4" bottom="0.4" header="0.2" footer="0.2"/>` +
			`<pageSetup paperSize="9" orientation="portrait" fitToWidth="1" fitToHeight="1"/>`)
	}
	b.write("</worksheet>")
	if b.err == nil {
		b.err = b.out.Flush()
	}
	b.out = nil
}

// Close ends the workbook; a file without it can't be opened. It does not close
// what the workbook is written to.
func (b *Workbook) Close() error {
	b.endSheet()
	for _, part := range b.frame() {
		if b.err != nil {
			return b.err
		}
		w, err := b.zip.Create(part.name)
		if err == nil {
			_, err = io.WriteString(w, xml.Header+part.content)
		}
		b.err = err
	}
	if b.err == nil {
		b.err = b.zip.Close()
	}
	return b.err
}
