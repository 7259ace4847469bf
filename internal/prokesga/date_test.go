package prokesga

import (
	"testing"
	"time"
)

func TestDaysAreCountedAcrossMonthsAndLeapYears(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, days, to int }{
		{20240228, 1, 20240229}, {20240301, -1, 20240229}, {20230228, 1, 20230301}, {20251231, 1, 20260101}, {20260101, -1, 20251231},
		{20260309, 0, 20260309}, {20260309, -30, 20260207}, {99991231, 1, 0}, {10101, -1, 0}, {0, 1, 0}, {20230229, 1, 0},
	} {
		if got := DateOfNumber(c.from).AddDays(c.days).Number(); got != c.to {
			t.Errorf("%d days after %d comes %d, not %d", c.days, c.from, got, c.to)
		}
	}
}

func TestADayEndsAtTheNextMidnightOfItsZone(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("there", 7*60*60)
	end := DateOfNumber(20240229).EndIn(zone)
	if want := time.Date(2024, 2, 29, 17, 0, 0, 0, time.UTC); !end.Equal(want) {
		t.Errorf("it ends at %v, not %v", end, want)
	}
	if last := end.Add(-time.Nanosecond); DateOf(last).Number() != 20240229 || DateOf(end).Number() != 20240301 {
		t.Errorf("%v and %v are of the wrong days", last, end)
	}
}
