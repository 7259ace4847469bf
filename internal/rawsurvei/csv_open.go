package rawsurvei

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/keluarga-sehat/sync/internal/separated"
)

// openCSV reads past what stands before the header line, and finds the separator.
func openCSV(in *bufio.Reader) (*csvRows, error) {
	head, err := in.Peek(separated.HeadBytes)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	text := bytes.TrimPrefix(head, []byte("\ufeff"))
	line, _, ended := bytes.Cut(text, []byte{'\n'})
	if err := textOnly(text, line, ended); err != nil {
		return nil, err
	}
	skip, separator := separated.Begin(head)
	c := &csvRows{in: in, comma: separator, line: bytes.Count(head[:skip], []byte{'\n'})}
	_, err = in.Discard(skip)
	return c, err
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
		what = "an old workbook (.xls), or one with a password; " + instead
	case bytes.IndexByte(line, 0) >= 0 || !utf8.Valid(bytes.TrimRight(line, "\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\xc2\xc3\xe2")):
		what = "the first line holds binary data, or text that is not UTF-8; " + instead
	case !ended && bytes.IndexByte(bytes.TrimRight(line, "\r"), '\r') >= 0:
		what = "its lines end with CR alone; " + instead
	default:
		return nil
	}
	return fmt.Errorf("%w: %s", ErrNotTable, what)
}
