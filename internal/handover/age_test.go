package handover

import (
	"math"
	"testing"
	"time"
)

func TestAGrantHasAnAge(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 22, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		issued int64
		want   bool
	}{
		"now":             {now.UnixMilli(), true},
		"a month ago":     {now.Add(-30 * 24 * time.Hour).UnixMilli(), true},
		"a year ago":      {now.Add(-365 * 24 * time.Hour).UnixMilli(), false},
		"an hour ahead":   {now.Add(time.Hour).UnixMilli(), true},
		"two days ahead":  {now.Add(48 * time.Hour).UnixMilli(), false},
		"at no time":      {math.MaxInt64, false},
		"before all time": {math.MinInt64, false},
	} {
		if got := Fresh(c.issued, now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
