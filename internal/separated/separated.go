// Package separated tells what separates the cells of a CSV file: a comma, or, as Excel with
// Indonesian settings writes, a semicolon, or a tab. It looks at the header line, where names
// stand and no numbers; it does not read the cells.
//
//	skip, separator := separated.Begin(head)
//	reader := csv.NewReader(bytes.NewReader(data[skip:]))
//	reader.Comma = rune(separator)
package separated

import "bytes"

// HeadBytes is how much of a file's beginning Begin needs to see a header line.
const HeadBytes = 4096

var mark = []byte("\ufeff")

// Begin looks at the beginning of a file: skip bytes stand before its header line, a byte
// order mark and a line "sep=;" as spreadsheets write it, which names the separator.
func Begin(head []byte) (skip int, separator byte) {
	rest := bytes.TrimPrefix(head, mark)
	skip = len(head) - len(rest)
	line, _, ended := bytes.Cut(rest, []byte{'\n'})
	if named, ok := bytes.CutPrefix(bytes.TrimRight(line, "\r"), []byte("sep=")); ok && ended && len(named) == 1 {
		return skip + len(line) + 1, named[0]
	}
	return skip, Of(line)
}

// Of is what stands most often in a header line.
func Of(header []byte) byte {
	separator := byte(',')
	for _, other := range []byte{';', '\t'} {
		if bytes.Count(header, []byte{other}) > bytes.Count(header, []byte{separator}) {
			separator = other
		}
	}
	return separator
}
