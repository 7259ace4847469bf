package rawsurvei

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/sheet"
)

// idsOf are the ids of a file's families, and the error at which reading ended; nil where
// it was read to its end. What programs ask of an open file is asked, too.
func idsOf(data []byte) (ids string, err error) {
	r := NewReader()
	if err := r.Open("raw.xlsx", bytes.NewReader(data)); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	r.Missing()
	r.OtherSheets()
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return ids, nil
		}
		if err != nil {
			return ids, err
		}
		ids += f.ID + " "
	}
}

// workbookOf is a workbook of sheets, each of a name and rows.
func workbookOf(t *testing.T, names []string, rows ...[][]string) []byte {
	t.Helper()
	var out bytes.Buffer
	book := sheet.NewWorkbook(&out)
	for i, name := range names {
		if err := book.Sheet(sheet.Layout{Name: name, HeaderRows: 1}); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[i] {
			var cells []sheet.Cell
			for _, text := range row {
				cells = append(cells, sheet.Text(text))
			}
			if err := book.Row(cells...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := book.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var (
	coverSheet  = [][]string{{"Penjelasan"}, {"Lembar berikut berisi data"}}
	familySheet = [][]string{
		strings.Split(strings.TrimSpace(fuzzHead), ","),
		strings.Split("K1,2024-05-17,3204052001,,R1,Y,M1,1,1,1,1980-02-03,,,3204050302800001,Y,,,,77", ","),
	}
)

// A workbook that lost a byte, or its end, is refused, or read as it was: neither another nor a
// shorter one.
func TestAWorkbookThatLostBytesIsReadRightOrRefused(t *testing.T) {
	t.Parallel()
	for _, whole := range [][]byte{workbookOf(t, []string{"RAW"}, familySheet), workbookOf(t, []string{"Isi", "RAW"}, coverSheet, familySheet)} {
		if ids, err := idsOf(whole); err != nil || ids != "K1 " {
			t.Fatal(ids, err)
		}
		for at := range whole {
			for what, data := range map[string][]byte{"without byte": append(bytes.Clone(whole[:at]), whole[at+1:]...), "cut at byte": whole[:at]} {
				if ids, err := idsOf(data); err == nil && ids != "K1 " {
					t.Errorf("%s %d: families %q and no error", what, at, ids)
				}
			}
		}
	}
}

// What can't be opened of the sheets is told, not what stands in the sheets before it.
func TestASheetThatIsNotThereIsToldBehindACover(t *testing.T) {
	t.Parallel()
	file := workbookOf(t, []string{"Isi", "RAW"}, coverSheet, familySheet)
	entry := bytes.LastIndex(file, []byte("xl/worksheets/sheet2.xml")) - 46
	binary.LittleEndian.PutUint32(file[entry+42:], uint32(len(file)-4)) // where the directory says that it begins
	if ids, err := idsOf(file); err == nil || !strings.Contains(err.Error(), `sheet "RAW": part xl/worksheets/sheet2.xml is damaged`) {
		t.Errorf("families %q, %v", ids, err)
	}
}
