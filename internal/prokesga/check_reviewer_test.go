package prokesga

import (
	"testing"
	"time"
)

func TestASurveyDateIsHeldAgainstTheClock(t *testing.T) {
	t.Parallel()
	wib := time.FixedZone("WIB", 7*60*60)
	round := couple().Rounds[0] // 2024-05-17
	for _, c := range []struct {
		written string
		noticed bool
	}{
		{"2024-05-17 10:00", false},
		{"2024-05-16 00:00", false},
		{"2024-05-15 23:59", true},
		{"2024-05-19 00:00", false}, // a day's work typed in the next evening
		{"2024-05-19 00:01", true},
		{"2026-01-01 08:00", true},
	} {
		written, err := time.ParseInLocation("2006-01-02 15:04", c.written, wib)
		if err != nil {
			t.Fatal(err)
		}
		f, ok := CheckClock(round, written)
		if ok != c.noticed || ok && (f.Code != SurveyOffClock || f.Question != "III.3" || f.Message == "") {
			t.Errorf("written %s: noticed %v as %+v, want %v", c.written, ok, f, c.noticed)
		}
	}
}

func TestASurveyDateIsHeldAgainstWhenTheServersClockWasLastHeard(t *testing.T) {
	t.Parallel()
	wib := time.FixedZone("WIB", 7*60*60)
	round := couple().Rounds[0] // 2024-05-17
	for told, noticed := range map[string]bool{"2024-02-17": false, "2024-02-16": true, "2022-05-17": true, "2024-05-17": false, "2026-05-17": false} {
		at, err := time.ParseInLocation(time.DateOnly, told, wib)
		if err != nil {
			t.Fatal(err)
		}
		f, ok := CheckTold(round, at.Add(8*time.Hour))
		if ok != noticed || ok && (f.Code != SurveyOffClock || f.Question != "III.3" || f.Message == "") {
			t.Errorf("last heard on %s: noticed %v as %+v, want %v", told, ok, f, noticed)
		}
	}
	if f, ok := CheckTold(round, time.Time{}); ok {
		t.Errorf("never heard: %+v", f)
	}
}
