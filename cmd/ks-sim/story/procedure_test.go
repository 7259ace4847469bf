package story

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

// papers are what a district hands in.
type papers struct {
	settings
	Form   string `json:"form"`
	Letter string `json:"letter"`
}

// New Puskesmas of the story, beside the sample's, which has its staff already.
const (
	completePuskesmas = "P3204050201"
	lackingPuskesmas  = "P3204050202"
)

func TestADistrictAppliesAndAnAdministratorMakesItsAccounts(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 0)
	for _, p := range []store.Puskesmas{
		{Code: completePuskesmas, Name: "Puskesmas Cileunyi", District: "32.04"},
		{Code: lackingPuskesmas, Name: "Puskesmas Cinunuk", District: "32.04"},
	} {
		err := w.field.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{p})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	examples, err := filepath.Abs(filepath.Join(root, "server", "registration", "example"))
	if err != nil {
		t.Fatal(err)
	}
	form := filepath.Join(t.TempDir(), "formulir.csv")
	if err := os.WriteFile(form, []byte(twoPuskesmas(t, examples)), 0o600); err != nil {
		t.Fatal(err)
	}
	play(t, "procedure", papers{w.settings(t), form, filepath.Join(examples, "surat.pdf")}, w.deeds())
}

// twoPuskesmas is the form of a complete Puskesmas, and of one that lacks its
// supervisor.
func twoPuskesmas(t *testing.T, examples string) string {
	t.Helper()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(examples, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	form := strings.TrimRight(strings.ReplaceAll(read("formulir.csv"), "P3204050101", completePuskesmas), "\n") + "\n"
	for line := range strings.Lines(read("formulir-cinunuk-perbaikan.csv")) {
		if strings.HasPrefix(line, "P3204050102") && !strings.Contains(line, ",Supervisor,") {
			form += strings.ReplaceAll(line, "P3204050102", lackingPuskesmas)
		}
	}
	return form
}
