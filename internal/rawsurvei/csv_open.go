package rawsurvei

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// headBytes is how much of a file's beginning is looked at for its form.
const headBytes = 4096

// openCSV reads past a byte order mark and a line "sep=;" as spreadsheets write
// it, and finds the separator from the header line.
func openCSV(in *bufio.Reader) (*csvRows, error) {
	if bom, err := in.Peek(3); err == nil && bytes.Equal(bom, []byte{0xef, 0xbb, 0xbf}) {
		if _, err := in.Discard(3); err != nil {
			return nil, err
		}
	}
	head, err := in.Peek(headBytes)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	line, _, ended := bytes.Cut(head, []byte{'\n'})
	if err := textOnly(head, line, ended); err != nil {
		return nil, err
	}
	if named := trimEOL(line); ended && len(named) == len("sep=;") && bytes.HasPrefix(named, []byte("sep=")) {
		c := &csvRows{in: in, comma: named[len("sep=")], line: 1}
		_, err := in.Discard(len(line) + 1)
		return c, err
	}
	return &csvRows{in: in, comma: separatorOf(line)}, nil
}

// separatorOf is the separator that stands most often in the header line.
func separatorOf(line []byte) byte {
	comma := byte(',')
	for _, other := range []byte{';', '\t'} {
		if bytes.Count(line, []byte{other}) > bytes.Count(line, []byte{comma}) {
			comma = other
		}
	}
	return comma
}

// textOnly refuses a file whose first line is no text of ours, and says what to
// do about the forms that spreadsheets save.
func textOnly(head, line []byte, ended bool) error {
	const instead = "save it as CSV UTF-8 or as .xlsx"
	what := ""
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		what = "the text is UTF-16; " + instead
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		what = "an old workbook (.xls); " + instead
	case bytes.IndexByte(line, 0) >= 0 || !utf8.Valid(bytes.TrimRight(line, "\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\xc2\xc3\xe2")):
		what = "the first line holds binary data, or text that is not UTF-8; " + instead
	case !ended && bytes.IndexByte(bytes.TrimRight(line, "\r"), '\r') >= 0:
		what = "its lines end with CR alone; " + instead
	default:
		return nil
	}
	return fmt.Errorf("%w: %s", ErrNotTable, what)
}
