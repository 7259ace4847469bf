package tally

import (
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/prokesga"
)

// SettleTime is how long after its end a day's figures may still move: commits that
// were under way.
const SettleTime = 5 * time.Minute

// SettledDay is the last day (yyyymmdd) whose figures stay as they are.
func SettledDay(now time.Time) int {
	return Today(now.Add(-SettleTime)).AddDays(-1).Number()
}

// Today is the day of figures under way at a moment. Days of figures end at 24:00 WIB.
func Today(now time.Time) prokesga.Date { return prokesga.DateOf(now.In(area.WIB)) }

// EndOf is when a day of figures ends.
func EndOf(day prokesga.Date) time.Time { return day.EndIn(area.WIB) }

// dayAfter is the next day, dayBefore the one before.
func dayAfter(day int) int  { return addDay(day, 1) }
func dayBefore(day int) int { return addDay(day, -1) }

func addDay(day, by int) int { return prokesga.DateOfNumber(day).AddDays(by).Number() }
