package api

import (
	"testing"
	"time"
)

// Rounds dated in years that nobody may ask for add no choice.
func TestYearsOutsideOfTheProgrammeAreNotAskedFor(t *testing.T) {
	t.Parallel()
	s := &Services{Now: func() time.Time { return time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC) }} // 23:00 WIB
	for year, want := range map[int]bool{0: true, 2015: false, 2016: true, 2027: true, 2028: false} {
		if err := s.checkYear(year); (err == nil) != want {
			t.Errorf("%d: %v", year, err)
		}
	}
}
