package prokesga

import (
	"errors"
	"fmt"
	"time"
)

// ErrDate is returned for text that is not a calendar date in the form
// "2024-02-29".
var ErrDate = errors.New("not a calendar date (YYYY-MM-DD)")

// Date is a local calendar date at the village, without time or zone. The zero
// value is "no date". Dates are comparable with ==.
type Date struct {
	year       int16
	month, day uint8
}

// NewDate makes a date of its parts; ErrDate if the calendar has no such day
// or the year is not within 1 to 9999.
func NewDate(year, month, day int) (Date, error) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return Date{}, fmt.Errorf("%04d-%02d-%02d: %w", year, month, day, ErrDate)
	}
	return Date{year: int16(year), month: uint8(month), day: uint8(day)}, nil
}

// ParseDate reads "2024-02-29": four, two and two ASCII digits and a day that
// the calendar has. Anything else, empty text included, is ErrDate. It does not
// allocate for well-formed text.
func ParseDate(text string) (Date, error) {
	if text == "" {
		return Date{}, ErrDate // common, and nothing to show
	}
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return Date{}, fmt.Errorf("%q: %w", clip(text), ErrDate)
	}
	year, ok1 := digitsOf(text[0:4])
	month, ok2 := digitsOf(text[5:7])
	day, ok3 := digitsOf(text[8:10])
	if !ok1 || !ok2 || !ok3 {
		return Date{}, fmt.Errorf("%q: %w", clip(text), ErrDate)
	}
	return NewDate(year, month, day)
}

// DateOf is the calendar date that t shows in its own location.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	date, err := NewDate(year, int(month), day)
	if err != nil {
		return Date{}
	}
	return date
}

// DateOfNumber reads a date as stores have it, 20240229; what is none is "no date".
func DateOfNumber(number int) Date {
	date, err := NewDate(number/10000, number/100%100, number%100)
	if err != nil {
		return Date{}
	}
	return date
}

// IsZero reports whether d is "no date".
func (d Date) IsZero() bool { return d == Date{} }

// Year is the calendar year, 0 for "no date".
func (d Date) Year() int { return int(d.year) }

// Month is 1 to 12, 0 for "no date".
func (d Date) Month() int { return int(d.month) }

// Day is 1 to 31, 0 for "no date".
func (d Date) Day() int { return int(d.day) }

// Compare is -1, 0 or 1 as d lies before, on or after other; "no date" lies
// before all.
func (d Date) Compare(other Date) int {
	switch a, b := d.ordinal(), other.ordinal(); {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// After reports whether d lies after other.
func (d Date) After(other Date) bool { return d.ordinal() > other.ordinal() }

// AddDays is so many days later, or earlier; of no date none.
func (d Date) AddDays(days int) Date {
	if d.IsZero() {
		return d
	}
	return DateOf(time.Date(d.Year(), time.Month(d.Month()), d.Day()+days, 0, 0, 0, 0, time.UTC))
}

// Number is the date as stores have it, 20240229, which grows with it; 0 for "no date".
func (d Date) Number() int { return d.Year()*10000 + d.Month()*100 + d.Day() }

// EndIn is the moment at which the day ends in a zone; of "no date" none that means anything.
func (d Date) EndIn(zone *time.Location) time.Time {
	return time.Date(d.Year(), time.Month(d.Month()), d.Day()+1, 0, 0, 0, 0, zone)
}

// String is "2024-02-29", or "" for "no date".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return string([]byte{
		digit(int(d.year) / 1000), digit(int(d.year) / 100), digit(int(d.year) / 10), digit(int(d.year)), '-',
		digit(int(d.month) / 10), digit(int(d.month)), '-', digit(int(d.day) / 10), digit(int(d.day)),
	})
}

// digit is the last decimal digit of n.
func digit(n int) byte { return byte('0' + n%10) }

func (d Date) ordinal() int { return int(d.year)<<9 | int(d.month)<<5 | int(d.day) }

// digitsOf reads ASCII digits only; strconv.Atoi would also take a sign.
func digitsOf(text string) (int, bool) {
	n := 0
	for i := range len(text) {
		c := text[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int(c)
	}
	return n, true
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// clip keeps long or hostile text out of error messages.
func clip(text string) string {
	const shown = 24 // bytes; a date or code that is right is shorter
	if len(text) > shown {
		return text[:shown] + "…"
	}
	return text
}
