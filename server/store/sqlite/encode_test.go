package sqlite

import (
	"encoding/json"
	"slices"
	"testing"
)

// Lists are written by hand, for speed, and are JSON all the same: SQLite reads
// them so, and earlier versions wrote them so.
func TestListsAreJSON(t *testing.T) {
	t.Parallel()
	for _, counts := range [][]int64{nil, {0}, {1, -2, 3}, make([]int64, 86)} {
		text, _ := engine{}.Counts(counts).(string)
		var back, scanned []int64
		if err := json.Unmarshal([]byte(text), &back); err != nil || !slices.Equal(back, counts) {
			t.Errorf("%v is written %s: %v", counts, text, err)
		}
		if err := (*countsScanner)(&scanned).Scan(text); err != nil || !slices.Equal(scanned, counts) {
			t.Errorf("%s is read %v, %v", text, scanned, err)
		}
	}
	for _, wrong := range []string{"", "[", "1,2", "[,]", "[1,x]", "[1 2]"} {
		var scanned []int64
		if err := (*countsScanner)(&scanned).Scan(wrong); err == nil {
			t.Errorf("%q is read as %v", wrong, scanned)
		}
	}
	for _, blobs := range [][][]byte{nil, {{}}, {{1, 0xff}, []byte("sixteen bytes id")}} {
		text, _ := engine{}.Blobs(blobs).(string)
		var back []string
		if err := json.Unmarshal([]byte(text), &back); err != nil || len(back) != len(blobs) {
			t.Errorf("%x is written %s: %v", blobs, text, err)
		}
	}
}
