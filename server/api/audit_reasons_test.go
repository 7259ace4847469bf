package api

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// built finds the reasons of statuses that are not in the table of errors.
var built = regexp.MustCompile(`build\(codes\.\w+, "([A-Z_]+)"`)

func TestEveryReasonInTheTrailHasALabelForPeople(t *testing.T) {
	t.Parallel()
	reasons := map[string]bool{}
	for _, f := range faults {
		reasons[f.reason] = true
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range built.FindAllSubmatch(text, -1) {
			reasons[string(found[1])] = true
		}
	}
	if len(reasons) < len(faults)/2 || !reasons["WEAK_PASSWORD"] {
		t.Fatalf("%d reasons were found", len(reasons))
	}
	for reason := range reasons {
		if label := reasonLabel(reason); label == "" || label == otherReason {
			t.Errorf("%s has no label", reason)
		}
	}
	if reasonLabel("") != "" || reasonLabel("FROM_A_NEWER_SERVER") != otherReason {
		t.Error("no reason, or an unknown one, has a label of its own")
	}
}
