package tally

import (
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
)

// SettleTime is how long after its end a day's figures may still move: commits that
// were under way.
const SettleTime = 5 * time.Minute

// SettledDay is the last day (yyyymmdd) whose figures stay as they are.
func SettledDay(now time.Time) int {
	return dayNumber(now.Add(-SettleTime).In(area.WIB).AddDate(0, 0, -1))
}

func dayNumber(t time.Time) int { return t.Year()*10000 + int(t.Month())*100 + t.Day() }

// dayAfter is the next day, dayBefore the one before.
func dayAfter(day int) int  { return addDay(day, 1) }
func dayBefore(day int) int { return addDay(day, -1) }

func addDay(day, by int) int {
	return dayNumber(time.Date(day/10000, time.Month(day/100%100), day%100+by, 0, 0, 0, 0, time.UTC))
}
