package shape

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsLine tells whether a text is one line that people can read: UTF-8 without control
// characters.
func IsLine(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// IsText is IsLine for a text that may have several lines, and tabs in them.
func IsText(text string) bool {
	return IsLine(strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(text))
}

// Kept is a text as it was kept, with � for bytes that are no UTF-8: a message can't carry
// them, and one such text would keep people from the list that it is in.
func Kept(text []byte) string { return strings.ToValidUTF8(string(text), string(utf8.RuneError)) }
