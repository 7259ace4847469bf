package registration

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// Who uploads another kind of file is told what to do about it.
func TestWhatIsNoFormSaysWhatToDo(t *testing.T) {
	t.Parallel()
	locked := &bytes.Buffer{}
	book := excelize.NewFile()
	if err := errors.Join(book.Write(locked, excelize.Options{Password: "rahasia"}), book.Close()); err != nil {
		t.Fatal(err)
	}
	csv := asCSV(filled(), ",")
	little := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(string(csv))) {
		little = binary.LittleEndian.AppendUint16(little, unit)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a password":   {locked.Bytes(), "tanpa kata sandi"},
		"UTF-16":       {little, "CSV UTF-8"},
		"a PDF":        {[]byte("%PDF-1.7\n%\xE2\xE3"), "unggah formulir XLSX atau CSV"},
		"Windows-1252": {[]byte("Kode Puskesmas,Andr\xE9\n"), "bukan XLSX dan bukan CSV (UTF-8)"},
	} {
		_, _, err := ReadForm(t.Context(), c.data)
		var wrong *FormError
		if !errors.As(err, &wrong) || !strings.Contains(wrong.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A list that goes on in a further sheet would be missed by nobody.
func TestAFormIsOfOneSheet(t *testing.T) {
	t.Parallel()
	further := func(rows [][]string, hidden bool) []byte {
		return asXLSX(t, filled(), func(f *excelize.File, _ string) error {
			_, err := f.NewSheet("Puskesmas lain")
			for i := range rows {
				err = errors.Join(err, f.SetSheetRow("Puskesmas lain", fmt.Sprintf("A%d", i+1), &rows[i]))
			}
			return errors.Join(err, f.SetSheetVisible("Puskesmas lain", !hidden))
		})
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"the list goes on": {further(filled(), false), "lembar ke-2 juga berisi daftar calon"},
		"a hidden copy":    {further(filled(), true), ""},
		"notes":            {further([][]string{{"Daftar jabatan"}, {"Bidan"}}, false), ""},
		"an empty sheet":   {further(nil, false), ""},
	} {
		form, problems, err := ReadForm(t.Context(), c.data)
		var wrong *FormError
		if c.want != "" && (!errors.As(err, &wrong) || !strings.Contains(wrong.Error(), c.want)) || c.want == "" && (err != nil || len(problems) > 0 || len(form.Puskesmas) != 1) {
			t.Errorf("%s: %v, %v", name, problems, err)
		}
	}
}
