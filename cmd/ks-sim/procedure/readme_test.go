package procedure

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestREADMEWalksEveryStep: the section names each step of the procedure, so that
// what it leaves out is not simply never run.
func TestREADMEWalksEveryStep(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks, err := Commands(string(readme))
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(blocks, "\n")
	for _, step := range []string{
		"form", "letter", "receive", "list --waiting", "verify", "findings", "accept", "issue", "package", "distributed", "staff", "draw-up", "attach",
		"copy", "submit", "return", "events",
	} {
		if !strings.Contains(all, "ks-server registration "+step) {
			t.Errorf("no command for %s", step)
		}
	}
	for _, n := range []string{"# 1 to 3", "# 4", "# 5", "# 6", "# 7"} {
		if !strings.Contains(all, n) {
			t.Errorf("no step %s", n)
		}
	}
}

func TestCommandsAreTheBlocksOfTheirSectionAlone(t *testing.T) {
	t.Parallel()
	text := "```sh\nno\n```\n## Set up a district\ntext\n```sh\na\nb\n```\n```go\nno\n```\n```sh\nc\n```\n## Next\n```sh\nno\n```\n"
	if got, err := Commands(text); err != nil || !slices.Equal(got, []string{"a\nb\n", "c\n"}) {
		t.Errorf("%q, %v", got, err)
	}
	for _, text := range []string{"", "## Set up a district\n", "## Set up a district\n```sh\nopen\n"} {
		if _, err := Commands(text); !errors.Is(err, ErrNoCommands) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if got := quoted("it's"); got != `'it'\''s'` {
		t.Errorf("quoted %s", got)
	}
}
