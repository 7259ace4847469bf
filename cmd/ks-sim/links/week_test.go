package links

import (
	"testing"
	"time"
)

// TestAWeekGoesThroughALinkThatDrops: in a tenth of the time, over ten times the
// bandwidth, of what `ks-sim links --week` measures; the clock is not asked here.
func TestAWeekGoesThroughALinkThatDrops(t *testing.T) {
	t.Parallel()
	week, err := SendWeek(t.Context(), t.TempDir(), 200, Link{Kilobits: 100, RoundTrip: 60 * time.Millisecond, DropEvery: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(week)
	if week.Receipts != week.Changes {
		t.Errorf("receipts for what was acknowledged before: %v", week)
	}
	// What the connection itself writes or reads while a session ends, an acknowledgement
	// or a farewell, may come after the device has counted.
	const lateBytes = 200
	late := int64(week.Sessions) * lateBytes
	if use := week.Counted; use.Up > week.Up || use.Down > week.Down || week.Up-use.Up > late || week.Down-use.Down > late {
		t.Errorf("the device counted %+v", use)
	}
}
