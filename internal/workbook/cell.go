package workbook

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// cell is a cell as it is stored.
type cell struct {
	kind     string // attribute t
	value    []byte // of v
	text     []byte // of is
	hasValue bool
	formula  bool
	long     bool // longer than a row may be
}

// read gives a cell's text; fault says why it has none that could be told.
func (c *cell) read(strings *sharedStrings) (text, fault string) {
	if c.long {
		return "", tooLong
	}
	if c.formula && (!c.hasValue || len(c.value) == 0 && c.kind != "str") {
		return "", "a formula whose result was not stored; open the file in a spreadsheet program and save it"
	}
	if len(c.text) > 0 && (c.kind != "inlineStr" || len(c.value) > 0) {
		return "", "a cell with a text of its own beside another value"
	}
	switch c.kind {
	case "inlineStr":
		if c.hasValue {
			return string(unescaped(c.value)), ""
		}
		return string(unescaped(c.text)), ""
	case "str":
		return string(unescaped(c.value)), ""
	case "", "n", "b", "d":
		value := bytes.TrimSpace(c.value)
		if c.number() {
			return PlainNumber(string(value)), ""
		}
		return string(value), ""
	case "s":
		return c.shared(strings)
	case "e":
		return "", "the cell holds an error of the spreadsheet, such as #N/A"
	default:
		return "", "a cell of an unknown type"
	}
}

// number: the cell is one, and no text.
func (c *cell) number() bool { return c.kind == "" || c.kind == "n" }

// exactDigits is how many digits of a number spreadsheet programs keep: they write 0 for
// those beyond. Numbers above exactMax are not told apart in what they calculate with.
const (
	exactDigits = 15
	exactMax    = 1 << 53
)

// rounded tells whether a whole number may have stood for another: it has more digits than
// are kept, and ends as a rounded one does.
func rounded(text string) bool {
	n, err := strconv.ParseUint(text, 10, 64)
	return err == nil && len(text) > exactDigits && (n%10 == 0 || n > exactMax)
}

func (c *cell) shared(strings *sharedStrings) (text, fault string) {
	digits := bytes.TrimSpace(c.value)
	if len(digits) == 0 {
		return "", ""
	}
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return "", "the cell names no text of the workbook"
	}
	text, ok := strings.get(n)
	if !ok {
		return "", fmt.Sprintf("the cell names text %d of the workbook, which has %d", n, len(strings.at))
	}
	return text, ""
}

var tooLong = fmt.Sprintf("longer than %d bytes", MaxRowBytes)

// reference reads "AB12": column 28, row 12.
func reference(text string) (column, row int, ok bool) {
	i := 0
	for ; i < len(text) && i < 4; i++ {
		letter := text[i] &^ 0x20
		if letter < 'A' || letter > 'Z' {
			break
		}
		column = column*26 + int(letter-'A') + 1
	}
	row, ok = rowNumber(text[i:])
	return column, row, ok && column > 0 && column <= maxFormatColumn
}

// rowNumber reads a number of digits alone, from 1, not bounded by MaxRows.
func rowNumber(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 32)
	return int(n), err == nil && n > 0
}

// wholeNumberMax bounds the numbers that PlainNumber writes out: sixteen digits
// are the longest that a table of ours has.
const wholeNumberMax = 1e16

// PlainNumber writes out a whole number that a program left in a workbook as
// "3.204052001E9" or "1.0"; all else is given back as it is.
func PlainNumber(text string) string {
	if !strings.ContainsAny(text, ".Ee") || strings.Trim(text, "0123456789.Ee+") != "" {
		return text
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n != math.Trunc(n) || n >= wholeNumberMax {
		return text
	}
	return strconv.FormatFloat(n, 'f', 0, 64)
}

// unescaped reads _x000B_ and the like, which stand for what XML can't hold;
// _x005F_ is the underscore before what only looks like one.
func unescaped(text []byte) []byte {
	next := bytes.Index(text, []byte("_x"))
	if next < 0 {
		return text
	}
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		unit, ok := escapedUnit(text)
		if !ok {
			out, text = append(out, text[0]), text[1:]
			continue
		}
		text = text[escapeBytes:]
		if low, ok := escapedUnit(text); ok && utf16.IsSurrogate(unit) {
			if pair := utf16.DecodeRune(unit, low); pair != utf8.RuneError {
				unit, text = pair, text[escapeBytes:]
			}
		}
		out = utf8.AppendRune(out, unit)
	}
	return out
}

// escapeBytes is the length of _x000B_.
const escapeBytes = 7

func escapedUnit(text []byte) (rune, bool) {
	if len(text) < escapeBytes || text[0] != '_' || text[1] != 'x' || text[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}
