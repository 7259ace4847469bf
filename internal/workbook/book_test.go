package workbook

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/unraced"
)

const aRow = `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`

func TestOpenTellsSheetsAndTheFirstDay(t *testing.T) {
	t.Parallel()
	file := newDraft(aRow).file(t)
	book, err := Open(bytes.NewReader(file), int64(len(file)), wide)
	if err != nil || strings.Join(book.Sheets, ",") != "RAW" || !book.Date1904 {
		t.Errorf("%+v, %v", book, err)
	}
}

func TestWhatIsNoWorkbookIsToldFromADamagedOne(t *testing.T) {
	unraced.Test(t)
	t.Parallel()
	file := newDraft(aRow).file(t)
	other := (&draft{parts: map[string]string{}}).set("raw.csv", "a,b\n")
	word := newDraft(aRow).replace("_rels/.rels", "xl/workbook.xml", "word/document.xml").set("word/document.xml", "<w/>")
	for name, data := range map[string][]byte{"a zip": other.file(t), "a document": word.file(t)} {
		if _, err := read(t, data); !errors.Is(err, ErrNotWorkbook) {
			t.Errorf("%s: %v", name, err)
		}
	}
	many := newDraft(aRow)
	for i := range maxParts {
		many.set(fmt.Sprint("x", i), "")
	}
	long := newDraft(aRow)
	for i := range 60 {
		long.set(fmt.Sprint(i)+strings.Repeat("x", 40_000), "")
	}
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"cut":                {file[:len(file)/2], "cut short or damaged"},
		"many entries":       {many.file(t), "at most 10000 are allowed"},
		"a long directory":   {long.file(t), "longer than 2097152 bytes"},
		"no sheet":           {newDraft(aRow).replace("xl/workbook.xml", "<sheet ", "<other ").replace("xl/workbook.xml", "<sheet ", "<other ").file(t), "names no sheet"},
		"a sheet not there":  {newDraft(aRow).replace("xl/_rels/workbook.xml.rels", "s.xml", "t.xml").file(t), "worksheets/t.xml is missing"},
		"leads nowhere":      {newDraft(aRow).replace("xl/workbook.xml", `r:id="a"`, `r:id="z"`).file(t), "leads nowhere"},
		"strings not there":  {newDraft(aRow).replace("xl/_rels/workbook.xml.rels", "strings.xml", "texts.xml").file(t), "xl/texts.xml is missing"},
		"strings cut":        {newDraft(aRow).replace("xl/strings.xml", "</sst>", "").file(t), "strings.xml is damaged"},
		"a string too long":  {newDraft(aRow).replace("xl/strings.xml", "satu", strings.Repeat("<r/>"+strings.Repeat("x", 9000), 30)).file(t), "a string is longer than"},
		"a part twice":       {newDraft(aRow).set("XL/Strings.xml", "<sst/>").file(t), "stands there twice"},
		"a large frame":      {newDraft(aRow).replace("xl/workbook.xml", "<sheets>", strings.Repeat("<x/>", 2<<20)+"<sheets>").file(t), "at most 4194304 are allowed"},
		"no rows' element":   {newDraft(aRow).set("xl/worksheets/s.xml", "<worksheet/>").file(t), "no rows' element"},
		"an empty part":      {newDraft(aRow).set("xl/worksheets/s.xml", " ").file(t), "it is empty"},
		"another encoding":   {newDraft(aRow).set("xl/worksheets/s.xml", `<?xml version="1.0" encoding="ISO-8859-1"?>`+worksheet).file(t), "not UTF-8"},
		"packed a thousandx": {newDraft(strings.Repeat(" ", freeBytes+1)).file(t), "more than 100 times"},
	} {
		if rows, err := read(t, c.file); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
	}
}

// TestAPartIsNoLargerThanItSays: the directory may lie.
func TestAPartIsNoLargerThanItSays(t *testing.T) {
	t.Parallel()
	file := newDraft(aRow + strings.Repeat(" ", 100_000)).file(t)
	at := bytes.LastIndex(file, []byte("xl/worksheets/s.xml")) - 46 // its entry in the directory
	binary.LittleEndian.PutUint32(file[at+24:], 2000)
	if rows, err := read(t, file); len(rows) > 1 || err == nil || !strings.Contains(err.Error(), "not a valid zip file") {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestSharedStringsAreBounded(t *testing.T) {
	t.Parallel()
	text := bytes.Repeat([]byte("x"), MaxRowBytes)
	s := sharedStrings{bounds: Bounds{Strings: 9, StringBytes: 2 * len(text)}}
	for n := range 3 {
		if err := s.add(text); (err != nil) != (n == 2) {
			t.Errorf("%d: %v", n, err)
		}
	}
	s = sharedStrings{bounds: Bounds{Strings: 9, StringBytes: 9}, at: make([]stringAt, 9)}
	if err := s.add([]byte("x")); err == nil {
		t.Error("one more than there may be")
	}
}

func TestSharedStringsComeBackAndCostLittle(t *testing.T) {
	t.Parallel()
	s := sharedStrings{bounds: wide}
	text := func(n int) string { return fmt.Sprint(n, strings.Repeat("x", n%40)) }
	const count = 200_000
	bytesIn := 0
	for n := range count {
		bytesIn += len(text(n))
		if err := s.add([]byte(text(n))); err != nil {
			t.Fatal(err)
		}
	}
	for n := range count {
		if got, ok := s.get(n); !ok || got != text(n) {
			t.Fatalf("%d: %q", n, got)
		}
	}
	if pieces := bytesIn/pieceBytes + 2; len(s.pieces) > pieces {
		t.Errorf("%d pieces for %d bytes", len(s.pieces), bytesIn)
	}
}

// Who opens a workbook says how much it may hold.
func TestAWorkbookIsHeldToItsOpenersBounds(t *testing.T) {
	t.Parallel()
	file := newDraft(aRow).file(t) // three strings of 8 bytes, and a sheet of some hundred
	for says, bounds := range map[string]Bounds{
		"":                       {Strings: 3, StringBytes: 8, PartBytes: 1000},
		"more than 2 shared":     {Strings: 2, StringBytes: 8},
		"than 7 bytes of them":   {Strings: 3, StringBytes: 7},
		"at most 50 are allowed": {Strings: 3, StringBytes: 8, PartBytes: 50},
		"more than 0 shared":     {},
	} {
		_, err := Open(bytes.NewReader(file), int64(len(file)), bounds)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v", bounds, err)
		}
	}
	many := newDraft(aRow).replace("_rels/.rels", "</", strings.Repeat(`<Relationship Id="x"/>`, 3)+"</").file(t)
	if _, err := read(t, many); err != nil {
		t.Errorf("some relationships: %v", err)
	}
	var more strings.Builder
	for n := range maxParts {
		fmt.Fprintf(&more, `<Relationship Id="x%d"/>`, n)
	}
	if _, err := read(t, newDraft(aRow).replace("_rels/.rels", "</", more.String()+"</").file(t)); err == nil || !strings.Contains(err.Error(), "relationships") {
		t.Errorf("too many relationships: %v", err)
	}
}

// Nobody reads on for who has gone.
func TestReadingEndsWhenNobodyWaits(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	var ended error
	bounds := wide
	bounds.Wanted = func() error { return ended }
	file := newDraft(strings.Repeat("<row/>", 2*wantedEvery)).file(t)
	book, err := Open(bytes.NewReader(file), int64(len(file)), bounds)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.Rows(0)
	if err != nil {
		t.Fatal(err)
	}
	ended = gone
	if _, err := rows.Next(); !errors.Is(err, gone) {
		t.Errorf("rows: %v", err)
	}
	if err := rows.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	file = newDraft(aRow).set("xl/strings.xml", "<sst>"+strings.Repeat("<si/>", wantedEvery)+"</sst>").file(t)
	if _, err := Open(bytes.NewReader(file), int64(len(file)), bounds); !errors.Is(err, gone) {
		t.Errorf("strings: %v", err)
	}
}

// FuzzRows: whatever a sheet and its strings hold, reading ends, within the
// bounds of a row, and tells the same twice.
func FuzzRows(f *testing.F) {
	f.Add(worksheet+aRow+`</sheetData></worksheet>`, `<sst><si><t>a</t></si></sst>`)
	f.Add(worksheet+`<row r="3"><c r="B3"><f>x</f><v>1E3</v></c></row>`, `<sst>`)
	f.Add(worksheet+`<row><c t="inlineStr"><is><t>_x000`, ``)
	f.Fuzz(func(t *testing.T, sheet, texts string) {
		file := newDraft("").set("xl/worksheets/s.xml", sheet).set("xl/strings.xml", texts).file(t)
		rows, err := read(t, file)
		again, err2 := read(t, file)
		if fmt.Sprint(rows, err) != fmt.Sprint(again, err2) {
			t.Fatalf("%q %v, then %q %v", rows, err, again, err2)
		}
	})
}
