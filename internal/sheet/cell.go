package sheet

import (
	"strings"
	"unicode/utf8"
)

// Cell is one cell. The zero value is an empty one.
type Cell struct {
	kind kind
	text string
}

type kind uint8

const (
	empty kind = iota
	text
	number
	heading
)

// Text is a cell of text; "" is an empty one.
func Text(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{kind: text, text: s}
}

// Number is a cell of a number, written as it is to stand: digits, a point, a
// sign; "" is an empty one.
func Number(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{kind: number, text: s}
}

// Heading is a text that is set off: a column's name or a title.
func Heading(s string) Cell { return Cell{kind: heading, text: s} }

// Headings are the cells of a header line.
func Headings(names ...string) []Cell {
	out := make([]Cell, len(names))
	for i, n := range names {
		out[i] = Heading(n)
	}
	return out
}

// Harmless keeps a spreadsheet from taking a cell of a CSV file for a formula:
// text that begins with = + - @, a tab, a line end, or their wide forms, gets an
// apostrophe before it, also behind blanks, which some spreadsheets pass over.
// What has a single apostrophe more than it should is so told from what was
// neutralised: text that begins with an apostrophe gets another one, too.
func Harmless(s string) string {
	if strings.HasPrefix(s, "'") {
		return "'" + s
	}
	bare := strings.TrimLeft(s, " \u00a0\ufeff\u200b")
	if bare != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", firstRune(bare)) {
		return "'" + s
	}
	return s
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
