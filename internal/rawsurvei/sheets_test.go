package rawsurvei

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
)

// hiding is a workbook with some of its sheets hidden.
func hiding(t *testing.T, file []byte, names ...string) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range from.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			part = bytes.ReplaceAll(part, []byte(`<sheet name="`+name+`"`), []byte(`<sheet state="hidden" name="`+name+`"`))
		}
		w, err := to.Create(f.Name)
		if err == nil {
			_, err = w.Write(part)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// The table is the sheet's that people see; where they see two of them, neither is passed over
// unsaid.
func TestTheTableIsTheSheetsThatPeopleSee(t *testing.T) {
	t.Parallel()
	other := [][]string{familySheet[0], append([]string{"K2"}, familySheet[1][1:]...)}
	two := workbookOf(t, []string{"2023", "2024"}, familySheet, other)
	three := workbookOf(t, []string{"Isi", "2023", "2024"}, coverSheet, familySheet, other)
	for name, c := range map[string]struct {
		file []byte
		want string // families, or what is told
	}{
		"the first is hidden":       {hiding(t, two, "2023"), "K2 "},
		"the second is hidden":      {hiding(t, two, "2024"), "K1 "},
		"the cover and a year seen": {hiding(t, three, "2023"), "K2 "},
		"hidden behind a cover":     {hiding(t, workbookOf(t, []string{"RAW", "Isi"}, familySheet, coverSheet), "RAW"), "K1 "},
		"two":                       {two, `sheets "2023" and "2024" both have the table`},
		"two behind a cover":        {three, `sheets "2023" and "2024" both have the table`},
		"two hidden behind a cover": {hiding(t, three, "2023", "2024"), `sheets "2023" and "2024" both have the table`},
	} {
		ids, err := idsOf(c.file)
		if err != nil {
			ids = err.Error()
		}
		if !strings.Contains(ids, c.want) {
			t.Errorf("%s: %q, not %q", name, ids, c.want)
		}
	}
}
