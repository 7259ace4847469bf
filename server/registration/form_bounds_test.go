package registration

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/unraced"
)

// packed is a workbook that names its one sheet once, and as often as more does; noise, which does not compress, keeps the longer of
// its parts from unpacking to more than its ratio allows.
func packed(t *testing.T, sheet, texts string, more ...string) []byte {
	t.Helper()
	noise := make([]byte, 280_000)
	source := rand.NewChaCha8([32]byte{1})
	if _, err := source.Read(noise); err != nil {
		t.Fatal(err)
	}
	comments := ""
	for piece := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(noise)), 100_000) {
		comments += "<!--" + string(piece) + "-->"
	}
	if len(sheet) > len(texts) {
		sheet = "</sheetData>" + comments + "<sheetData>" + sheet
	} else {
		texts = comments + texts
	}
	const relationships = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	const kind = `" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/`
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, part := range [][2]string{
		{"_rels/.rels", relationships + `<Relationship Id="a` + kind + `officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns:r="http://x"><sheets><sheet name="Registrasi" sheetId="1" r:id="a"/>` + strings.Join(more, "") + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", relationships + `<Relationship Id="a` + kind + `worksheet" Target="sheet.xml"/><Relationship Id="b` + kind + `sharedStrings" Target="strings.xml"/></Relationships>`},
		{"xl/sheet.xml", strings.Replace(`<worksheet><sheetData>`+sheet+`</sheetData></worksheet>`, "<sheetData></sheetData>", "", 1)},
		{"xl/strings.xml", `<sst>` + texts + `</sst>`},
	} {
		w, err := z.Create(part[0])
		if err == nil {
			_, err = io.WriteString(w, part[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if out.Len() > MaxFormBytes {
		t.Fatalf("the test's form has %d bytes", out.Len())
	}
	return out.Bytes()
}

// A form of some hundred KiB takes no more than a form may: here its bounds are crossed.
func TestAFormThatUnpacksToMuchTakesLittle(t *testing.T) {
	unraced.Test(t)
	const mostMiB = 64 // allocated in all, the greater part of it garbage
	for name, form := range map[string][]byte{
		"strings by the million": packed(t, "", strings.Repeat("<si/>", 5_000_000)),
		"long strings":           packed(t, "", strings.Repeat("<si><t>"+strings.Repeat("a", 200_000)+"</t></si>", 60)),
		"cells by the million":   packed(t, `<row r="1">`+strings.Repeat("<c/>", 5_000_000)+"</row>", ""),
		"one sheet a thousand times": packed(
			t, strings.Repeat("<row/>", 100_000), "", slices.Repeat([]string{`<sheet name="Registrasi" sheetId="1" r:id="a"/>`}, 999)...),
		"what is no row": packed(t, strings.Repeat("<a/>", 5_000_000), ""),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := readRows(t.Context(), form)
		runtime.ReadMemStats(&after)
		var wrong *FormError
		if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > mostMiB || !errors.As(err, &wrong) {
			t.Errorf("%s, %d KiB: %d MiB, %v", name, len(form)>>10, took, err)
		}
	}
}

func TestTheReadmeStatesTheBoundsOfAForm(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("| a registration form | %d KiB, 20,000 rows; a workbook also 100,000 shared strings of together %d MiB, and %d MiB a part; %d are read at one time, one of an account, and %d wait |",
		MaxFormBytes>>10, formBounds.StringBytes>>20, formBounds.PartBytes>>20, formsAtOnce, formsWaiting)
	if maxFormRows != 20_000 || formBounds.Strings != 100_000 || !strings.Contains(string(readme), want) {
		t.Errorf("README lacks %s", want)
	}
}

// Nobody reads the form of a caller who has gone.
func TestReadingAFormEndsWithItsCall(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, form := range map[string][]byte{
		"strings": packed(t, "", strings.Repeat("<si/>", 50_000)), "rows": packed(t, strings.Repeat("<row/>", 50_000), ""),
	} {
		if _, _, err := ReadForm(ctx, form); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFormsAreReadAFewAtATime(t *testing.T) {
	t.Parallel()
	var forms formPlaces
	var often *TooManyForms
	ends := map[uint32]func(){}
	for account := range uint32(formsAtOnce) {
		done, err := forms.take(t.Context(), account)
		if err != nil {
			t.Fatal(err)
		}
		ends[account] = done
	}
	if _, err := forms.take(t.Context(), 0); !errors.As(err, &often) || often.Wait != formsWait {
		t.Errorf("a second of one account: %v", err)
	}
	waiting, giveUp := context.WithCancel(t.Context())
	answers := make(chan error, formsWaiting)
	for n := range uint32(formsWaiting) {
		go func() {
			_, err := forms.take(waiting, formsAtOnce+n)
			answers <- err
		}()
	}
	for held := 0; held < formsAtOnce+formsWaiting; time.Sleep(time.Millisecond) {
		forms.mu.Lock()
		held = len(forms.own)
		forms.mu.Unlock()
	}
	if _, err := forms.take(t.Context(), 99); !errors.As(err, &often) {
		t.Errorf("one more than may wait: %v", err)
	}
	giveUp()
	for range formsWaiting {
		if err := <-answers; !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up: %v", err)
		}
	}
	ends[0]()
	done, err := forms.take(t.Context(), 0)
	if err != nil {
		t.Fatalf("after the end of the one before: %v", err)
	}
	done()
	ends[1]()
	if len(forms.own) != 0 || len(forms.places) != 0 {
		t.Errorf("%d accounts, %d places are left", len(forms.own), len(forms.places))
	}
}
