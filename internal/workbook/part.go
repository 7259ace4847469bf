package workbook

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// part is one XML file of a workbook, read token by token.
type part struct {
	name  string
	file  io.ReadCloser
	bytes *limiter
	xml   *xml.Decoder
	open  []xml.Name // the elements that the last token stands in
	ended bool       // the outermost element was closed
	bad   bool       // damage was told, which closing would tell again
	count int        // tokens given
	// wanted is Bounds.Wanted.
	wanted func() error
}

// newPart takes a file that ends with an error where its size or checksum is not
// what was announced, as those of archive/zip do.
func newPart(name string, file io.ReadCloser, wanted func() error) *part {
	l := &limiter{Reader: bufio.NewReaderSize(file, 32<<10)}
	return &part{name: name, file: file, bytes: l, xml: xml.NewDecoder(l), wanted: wanted}
}

func (p *part) close() error {
	if err := p.file.Close(); !p.bad {
		return err
	}
	return nil
}

// next gives a token, valid until the next call; io.EOF when the part has ended
// as it should. Any other error means that it can't be read further.
func (p *part) next() (xml.Token, error) {
	if p.count++; p.wanted != nil && p.count%wantedEvery == 0 {
		if err := p.wanted(); err != nil {
			p.bad = true
			return nil, err
		}
	}
	p.bytes.token = 0
	t, err := p.xml.RawToken()
	if errors.Is(err, io.EOF) {
		switch {
		case len(p.open) > 0:
			return nil, p.damage("it is cut short")
		case !p.ended:
			return nil, p.damage("it is empty")
		}
		return nil, io.EOF
	}
	if err != nil {
		return nil, p.damage(reasonOf(err))
	}
	switch t := t.(type) {
	case xml.StartElement:
		if p.ended || len(p.open) >= maxDepth {
			return nil, p.damage(fmt.Sprintf("elements stand more than %d deep, or behind the end", maxDepth))
		}
		p.open = append(p.open, t.Name)
	case xml.EndElement:
		last := len(p.open) - 1
		if last < 0 || p.open[last] != t.Name {
			return nil, p.damage("an element is closed that is not open")
		}
		p.open = p.open[:last]
		p.ended = last == 0
	case xml.CharData:
		if len(p.open) == 0 && len(bytes.Trim(t, " \t\r\n\ufeff")) > 0 {
			return nil, p.damage("text stands outside of the elements")
		}
	case xml.Directive:
		return nil, p.damage("it defines a document type, which no workbook does")
	}
	return t, nil
}

// depth is how many elements are open.
func (p *part) depth() int { return len(p.open) }

// in is the name of the open element that is n outside of the innermost.
func (p *part) in(n int) string {
	if n >= len(p.open) {
		return ""
	}
	return p.open[len(p.open)-1-n].Local
}

// inText reports whether the last token stands in a text of a string: plain, or
// a run of a rich one; not a phonetic hint.
func (p *part) inText() bool { return p.in(0) == "t" && p.in(1) != "rPh" }

func (p *part) damage(reason string) error {
	p.bad = true
	return damaged(p.name, reason)
}

func damaged(part, reason string) error {
	return fmt.Errorf("part %s is damaged or no workbook's: %s; fetch the file again, or open it in a spreadsheet program and save it anew", part, reason)
}

// reasonOf says what is wrong without what stands there: that may be a name.
func reasonOf(err error) string {
	var syntax *xml.SyntaxError
	if !errors.As(err, &syntax) {
		if strings.HasPrefix(err.Error(), "xml: encoding") {
			return "its encoding is not UTF-8"
		}
		return err.Error()
	}
	for _, hidden := range []string{"invalid character entity", "invalid XML name", "element <"} {
		if strings.HasPrefix(syntax.Msg, hidden) {
			return "XML: " + strings.TrimSuffix(hidden, " <")
		}
	}
	return "XML: " + syntax.Msg
}

// limiter bounds the bytes of a token, under the decoder, which would build it
// whole whatever its size.
type limiter struct {
	*bufio.Reader
	token int
}

var errToken = fmt.Errorf("a tag or text is longer than %d bytes", maxTokenBytes)

func (l *limiter) ReadByte() (byte, error) {
	if l.token++; l.token > maxTokenBytes {
		return 0, errToken
	}
	return l.Reader.ReadByte()
}

// attribute is an attribute's text, "" where there is none; with a prefix or
// without.
func attribute(e xml.StartElement, name string, prefixed bool) string {
	for i := range e.Attr {
		if a := &e.Attr[i]; a.Name.Local == name && (a.Name.Space != "") == prefixed {
			return a.Value
		}
	}
	return ""
}
