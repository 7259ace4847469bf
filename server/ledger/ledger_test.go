package ledger

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
			if _, torn, err := Read(path); err != nil || torn != x.torn {
				t.Errorf("before: torn is %d, %v", torn, err)
			}
			for _, family := range []string{"second", "third"} {
				if err := Append(path, []Line{{Village: 1, Family: family}}); err != nil {
					t.Fatal(err)
				}
			}
			entries, torn, err := Read(path)
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
		if _, _, err := Read(path); err == nil || !strings.Contains(err.Error(), "ledger line 1") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// The last of each counts, in whichever order several servers' ledgers were put together.
func TestTheLatestLineOfEachStands(t *testing.T) {
	t.Parallel()
	lines := []Line{
		{Deed: Lift, Village: 1, Restricted: "a", TimeMS: 4},
		{Deed: Restrict, Village: 1, Restricted: "a", TimeMS: 3},
		{Deed: Restrict, Village: 2, Restricted: "a", TimeMS: 3},
		{Village: 1, Family: "b", Member: "x", TimeMS: 1},
		{Deed: Restrict, Village: 1, Restricted: "b", TimeMS: 2},
		{Village: 1, Family: "c", TimeMS: 9},
		{Deed: Restrict, Village: 1, Restricted: "c", TimeMS: 2},
		{Deed: Disable, Account: 7, MadeMS: 1, TimeMS: 5},
		{Deed: Enable, Account: 7, MadeMS: 1, TimeMS: 6},
		{Deed: Disable, Account: 7, MadeMS: 2, TimeMS: 5}, // another, of that number
		{Deed: Revoke, Device: 7, MadeMS: 1, TimeMS: 8},
	}
	want := []Line{lines[4], lines[2], lines[0], lines[9], lines[8], lines[10]}
	if got := Standing(lines); !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if got := Erasures(lines); !slices.Equal(got, []Line{lines[3], lines[5]}) {
		t.Errorf("erasures: %+v", got)
	}
}
