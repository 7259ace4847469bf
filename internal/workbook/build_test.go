package workbook

import (
	"archive/zip"
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"testing"
)

// wide bounds are in no test's way.
var wide = Bounds{Strings: 1 << 20, StringBytes: 64 << 20}

// draft is a workbook to be written as a test wants it, right or wrong.
type draft struct {
	parts map[string]string
	order []string
}

const worksheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`

// newDraft has one sheet of these rows, which closes as it should.
func newDraft(rows string) *draft {
	d := &draft{parts: map[string]string{}}
	d.set("_rels/.rels", `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	d.set("xl/workbook.xml", `<workbook xmlns:r="http://x"><workbookPr date1904="1"/><sheets><sheet name="RAW" sheetId="1" r:id="a"/><sheet name="Grafik" r:id="c"/></sheets></workbook>`)
	d.set("xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="a" Type="http://x/worksheet" Target="worksheets/s.xml"/>`+
		`<Relationship Id="c" Type="http://x/chartsheet" Target="chartsheets/c.xml"/>`+
		`<Relationship Id="b" Type="http://x/sharedStrings" Target="/xl/strings.xml"/></Relationships>`)
	d.set("xl/strings.xml", `<sst><si><t>satu</t></si><si><r><t>du</t></r><r><rPr><b/></rPr><t xml:space="preserve">a </t></r><rPh><t>hint</t></rPh></si><si><t/></si></sst>`)
	d.set("xl/worksheets/s.xml", worksheet+rows+`</sheetData><mergeCells/></worksheet>`)
	return d
}

func (d *draft) set(name, content string) *draft {
	if _, there := d.parts[name]; !there {
		d.order = append(d.order, name)
	}
	d.parts[name] = content
	return d
}

func (d *draft) replace(name, from, to string) *draft {
	return d.set(name, strings.Replace(d.parts[name], from, to, 1))
}

// file writes the parts, packed.
func (d *draft) file(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range d.order {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, d.parts[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// stored writes the sheet unpacked, with the checksum of other content.
func (d *draft) stored(t testing.TB, content string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range d.order {
		text := d.parts[name]
		h := &zip.FileHeader{Name: name, CRC32: crc32.ChecksumIEEE([]byte(text)), CompressedSize64: uint64(len(text)), UncompressedSize64: uint64(len(text))}
		if strings.HasSuffix(name, "sheets/s.xml") {
			text = content
		}
		w, err := z.CreateRaw(h)
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
	return out.Bytes()
}

// read gives the rows of the first sheet as "number: cell|cell", with the fault
// where there is one, and the error at which reading ended; nil for none.
func read(t testing.TB, file []byte) (rows []string, err error) {
	t.Helper()
	book, err := Open(bytes.NewReader(file), int64(len(file)), wide)
	if err != nil {
		return nil, err
	}
	r, err := book.Rows(0)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		text := strings.Join(row.Cells, "|")
		if row.Fault != "" {
			text += " !" + string(rune('0'+row.FaultColumn)) + " " + row.Fault
		}
		rows = append(rows, text)
	}
}
