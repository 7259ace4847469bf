package device

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// nameSeparator keeps names apart in Summary.names; no word that is searched for
// holds it.
const nameSeparator = "\n"

// joinNames makes one text of the head's name and the members', in memory of its own.
func joinNames(names []string) string {
	if len(names) == 1 {
		names[0] = strings.Clone(names[0]) // which Join would not
	}
	for i, name := range names {
		if strings.Contains(name, nameSeparator) {
			names[i] = strings.ReplaceAll(name, nameSeparator, " ")
		}
	}
	return strings.Join(names, nameSeparator)
}

// setNames takes the head's name and the members' out of one text.
func (f *Summary) setNames(joined string) {
	f.names = joined
	head, members, more := strings.Cut(joined, nameSeparator)
	f.HeadName, f.MemberNames = head, nil
	if !more {
		return
	}
	f.MemberNames = make([]string, 0, strings.Count(members, nameSeparator)+1)
	for more {
		var name string
		name, members, more = strings.Cut(members, nameSeparator)
		f.MemberNames = append(f.MemberNames, name)
	}
}

// contains tells whether a word in lower case is found in names or No. KK, or is
// the building's number.
func (f *Summary) contains(word string) bool {
	if containsFold(f.names, word) || strings.EqualFold(f.BuildingNumber, word) {
		return true
	}
	if f.NKK == 0 || word[0] < '0' || word[0] > '9' {
		return false
	}
	var digits [20]byte
	return strings.Contains(string(strconv.AppendUint(digits[:0], f.NKK, 10)), word)
}

// containsFold tells whether text holds a word in lower case, whatever its own
// case. ASCII, which nearly all names are, costs no memory.
func containsFold(text, word string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return strings.Contains(strings.ToLower(text), word)
		}
	}
	first := word[0]
	for i := 0; i+len(word) <= len(text); i++ {
		if lower(text[i]) == first && foldEqual(text[i:i+len(word)], word) {
			return true
		}
	}
	return false
}

func foldEqual(text, word string) bool {
	for i := range len(word) {
		if lower(text[i]) != word[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
