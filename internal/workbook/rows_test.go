package workbook

import (
	"fmt"
	"strings"
	"testing"
)

func inline(ref, text string) string {
	return `<c r="` + ref + `" t="inlineStr"><is><t>` + text + `</t></is></c>`
}

func TestCellsAreWhatIsStored(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ row, want string }{
		"shared, rich, empty": {`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v> 1 </v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="str"><v>x</v></c></row>`, "satu|dua ||x"},
		"inline rich text":    {`<row r="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>c</t></rPh></is></c></row>`, "ab"},
		"numbers":             {`<row r="1"><c r="A1"><v>3.0</v></c><c r="B1" t="n"><v>3.204050302840001E+15</v></c><c r="C1"><v>9007199254740993</v></c><c r="D1"><v>1.5</v></c></row>`, "3|3204050302840001|9007199254740993|1.5"},
		"text stays text":     {`<row r="1">` + inline("A1", "1000.0") + inline("B1", "1E3") + `<c r="C1" t="str"><v>007.0</v></c></row>`, "1000.0|1E3|007.0"},
		"booleans and dates":  {`<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="d"><v>2024-05-17T00:00:00</v></c></row>`, "1|2024-05-17T00:00:00"},
		"formulas":            {`<row r="1"><c r="A1" t="str"><f>B1</f><v>T</v></c><c r="B1"><f>1+1</f><v>2</v></c><c r="C1" t="str"><f>A2</f><v></v></c></row>`, "T|2"},
		"escapes":             {`<row r="1">` + inline("A1", "a_x000B_b_x005F_x0041__x00") + inline("B1", "_xD83D__xDC69_") + `</row>`, "a\vb_x0041__x00|👩"},
		"gaps and styles":     {`<row r="1"><c r="A1" s="4"/><c r="C1"><v>1</v></c><c r="XFD1" s="4"/></row>`, "||1"},
		"no references":       {`<row><c><v>1</v></c><c/><c t="s"><v>0</v></c></row>`, "1||satu"},
		"a prefix":            {`<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>`, "1"},
		"an error":            {`<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="e"><v>#N/A</v></c><c r="C1"><v>3</v></c></row>`, "1||3 !2 the cell holds an error"},
		"no stored result":    {`<row r="1"><c r="A1"><f>B1</f></c></row>`, " !1 a formula whose result was not stored"},
		"an empty result":     {`<row r="1"><c r="A1"><f>B1</f><v/></c></row>`, " !1 a formula whose result was not stored"},
		"a text not there":    {`<row r="1"><c r="A1" t="s"><v>3</v></c></row>`, " !1 the cell names text 3 of the workbook, which has 3"},
		"a text below zero":   {`<row r="1"><c r="A1" t="s"><v>-1</v></c></row>`, " !1 the cell names text -1"},
		"a text of no number": {`<row r="1"><c r="A1" t="s"><v>x</v></c></row>`, " !1 the cell names no text"},
		"an unknown type":     {`<row r="1"><c r="A1" t="q"><v>x</v></c></row>`, " !1 a cell of an unknown type"},
		"inline as a value":   {`<row r="1"><c r="A1" t="inlineStr"><v>x</v></c></row>`, "x"},
		"inline without type": {`<row r="1"><c r="A1"><is><t>x</t></is></c></row>`, " !1 a cell with a text of its own"},
		"twice":               {`<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>`, "1 !1 the cell stands there twice"},
		"another row's":       {`<row r="1"><c r="A7"><v>1</v></c></row>`, "1 !0 a cell of row 7 stands in row 1"},
		"no place":            {`<row r="1"><c r="ZZZZ1"><v>1</v></c></row>`, " !0 a cell whose place"},
		"too far right":       {`<row r="1"><c r="AMK1"><v>1</v></c></row>`, " !0 cells in more than 1024 columns"},
		"too long together":   {`<row r="1">` + strings.Repeat(`<c t="inlineStr"><is><t>`+strings.Repeat("x", 60_000)+`</t></is></c>`, 5) + `</row>`, "!0 longer than 262144 bytes"},
		"too long in runs":    {`<row r="1"><c t="inlineStr"><is>` + strings.Repeat(`<r><t>`+strings.Repeat("x", 60_000)+`</t></r>`, 5) + `</is></c></row>`, "!1 longer than 262144 bytes"},
	} {
		rows, err := read(t, newDraft(c.row+`<row r="2">`+inline("A2", "next")+`</row>`).file(t))
		if err != nil || len(rows) != 2 || rows[1] != "next" {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
			continue
		}
		if fault := strings.Contains(c.want, "!"); rows[0] != c.want && (!fault || !strings.Contains(rows[0], c.want)) {
			t.Errorf("%s: %.200q, want %q", name, rows[0], c.want)
		}
	}
}

func TestRowsThatStandTwiceOrBehindAreFaults(t *testing.T) {
	t.Parallel()
	row := func(n int) string { return fmt.Sprintf(`<row r="%d"><c><v>%d</v></c></row>`, n, n) }
	rows, err := read(t, newDraft(row(1)+row(4)+row(2)+row(4)+`<row r="3"/>`+row(5)).file(t))
	want := "1,4,2 !0 row 2 stands behind row 4,4 !0 row 4 stands behind row 4,5"
	if got := strings.Join(rows, ","); got != want || err != nil {
		t.Errorf("%s, %v", got, err)
	}
}

func TestDamageEndsReadingBehindTheRowsBeforeIt(t *testing.T) {
	t.Parallel()
	first, second := `<row r="1">`+inline("A1", "Budi")+`</row>`, `<row r="2">`+inline("A2", "Siti")+`</row>`
	for name, c := range map[string]struct{ from, to, says string }{
		"cut within a row":     {second + `</sheetData><mergeCells/></worksheet>`, second[:30], "XML: unexpected EOF"},
		"cut behind a row":     {second + `</sheetData><mergeCells/></worksheet>`, "", "cut short"},
		"cut behind the rows":  {second + `</sheetData><mergeCells/></worksheet>`, `</sheetData><mergeCells/>`, "cut short"},
		"a bare &":             {"Siti", "Siti & co", "XML: invalid character entity;"},
		"an unknown entity":    {"Siti", "&Siti;", "XML: invalid character entity;"},
		"a control character":  {"Siti", "Si\x0bti", "illegal character code U+000B"},
		"a control reference":  {"Siti", "Si&#11;ti", "illegal character code U+000B"},
		"bad UTF-8":            {"Siti", "Si\xffti", "invalid UTF-8"},
		"a bare <":             {"Siti", "Si<ti", "XML: expected"},
		"crossed elements":     {"Siti</t></is>", "Siti</is></t>", "closed that is not open"},
		"rows twice":           {"<mergeCells/>", "<sheetData/>", "its rows twice"},
		"text behind the end":  {"</worksheet>", "</worksheet>Siti", "text stands outside"},
		"elements behind it":   {"</worksheet>", "</worksheet><row/>", "behind the end"},
		"a row's number":       {`<row r="2">`, `<row r="Siti">`, "a row's number is none"},
		"a row far away":       {`<row r="2">`, `<row r="1048577">`, "more than 1048576 rows"},
		"a token too long":     {"Siti", strings.Repeat("x", maxTokenBytes), "longer than 262144 bytes"},
		"an attribute, too":    {`<row r="2">`, `<row r="2" x="` + strings.Repeat("x", maxTokenBytes) + `">`, "longer than 262144 bytes"},
		"a comment, too":       {`<row r="2">`, `<!--` + strings.Repeat("x", maxTokenBytes) + `--><row r="2">`, "longer than 262144 bytes"},
		"nested too deep":      {"Siti", strings.Repeat("<a>", 70), "more than 64 deep"},
		"no row among them":    {`<row r="2">`, `<x><row r="2">`, "something that is no row"},
		"a document type":      {`<row r="2">`, `<!DOCTYPE a [<!ENTITY b "c">]>`, "document type"},
		"rows without an end ": {`<row r="2">`, strings.Repeat("<row/>", MaxRows), "more than 1048576 rows"},
	} {
		rows, err := read(t, newDraft(first+second).replace("xl/worksheets/s.xml", c.from, c.to).file(t))
		if len(rows) == 0 || rows[0] != "Budi" || err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "xl/worksheets/s.xml") {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
		if err != nil && strings.Contains(err.Error(), "Siti") {
			t.Errorf("%s: the error tells a name: %v", name, err)
		}
	}
}

func TestAWrongChecksumOrABrokenStreamIsNoEnd(t *testing.T) {
	t.Parallel()
	d := newDraft(`<row r="1">` + inline("A1", "Budi") + `</row>`)
	sheet := d.parts["xl/worksheets/s.xml"]
	if rows, err := read(t, d.stored(t, sheet)); err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	if rows, err := read(t, d.stored(t, strings.Replace(sheet, "Budi", "Bodi", 1))); len(rows) != 1 || err == nil || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	var many strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&many, `<row r="%d">%s</row>`, i+1, inline(fmt.Sprintf("A%d", i+1), fmt.Sprint(i*7919)))
	}
	file := newDraft(many.String()).file(t)
	copy(file[len(file)/2:], strings.Repeat("\xff", 8))
	if rows, err := read(t, file); len(rows) == 3000 || err == nil {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}
