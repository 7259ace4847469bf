package person

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A line that a crash or a full disk cut short does not swallow the next one, and whoever
// reads the ledger is told of it.
func TestATornLineOfTheLedgerKeepsNoOtherOut(t *testing.T) {
	t.Parallel()
	const whole = `{"village":1,"code":"32.04.05.2001","family":"first","time_ms":1}`
	for name, x := range map[string]struct {
		there string
		torn  int
		want  []string
	}{
		"none":             {"", 0, []string{"second", "third"}},
		"whole":            {whole + "\n", 0, []string{"first", "second", "third"}},
		"torn":             {whole + "\n" + whole[:20], 2, []string{"first", "second", "third"}},
		"torn alone":       {whole[:20], 1, []string{"second", "third"}},
		"zeros":            {whole + "\n\x00\x00\x00", 2, []string{"first", "second", "third"}},
		"without line end": {whole, 0, []string{"first", "second", "third"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "erasures.jsonl")
			if err := os.WriteFile(path, []byte(x.there), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, torn, err := readLedger(path); err != nil || torn != x.torn {
				t.Errorf("before: torn is %d, %v", torn, err)
			}
			for _, family := range []string{"second", "third"} {
				if err := appendLedger(path, []Erased{{Village: 1, Family: family}}); err != nil {
					t.Fatal(err)
				}
			}
			entries, torn, err := readLedger(path)
			var got []string
			for _, e := range entries {
				got = append(got, e.Family)
			}
			if err != nil || torn != 0 || !slices.Equal(got, x.want) {
				t.Errorf("%v, torn %d, %v", got, torn, err)
			}
		})
	}
}

// What can't be read within a ledger was acted on: no restore goes on without it.
func TestALedgerThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "erasures.jsonl")
	for _, text := range []string{"{\"village\":1,\n", "{\"village\":1,{\"village\":2}\n{\"village\":2}\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := readLedger(path); err == nil || !strings.Contains(err.Error(), "ledger line 1") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
