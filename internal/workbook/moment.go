package workbook

import (
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// lastYear bounds the years that a number of days is taken to mean; others are counts.
const lastYear = 2200

// daysMax is the number of days that begins the year 10000, for which spreadsheet programs
// have no date; the library's sums overflow far beyond it.
const daysMax = 2_958_466

// Moment reads a date or time that a workbook keeps as a number of days, which tells no
// time zone (UTC stands for it), from the first of January of a year on. It is digits with
// at most one point. from1904: Book.Date1904.
func Moment(text string, fromYear int, from1904 bool) (time.Time, bool) {
	days, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.Trim(text, "0123456789.") != "" || days >= daysMax {
		return time.Time{}, false
	}
	t, err := excelize.ExcelDateToTime(days, from1904)
	if err != nil || t.Year() < fromYear || t.Year() > lastYear {
		return time.Time{}, false
	}
	return t, true
}
