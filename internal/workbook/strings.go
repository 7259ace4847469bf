package workbook

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// sharedStrings holds the texts that cells name by number, without a copy and a
// header for each: a position in one of a few large pieces.
type sharedStrings struct {
	bounds Bounds
	pieces []*strings.Builder
	at     []stringAt
	bytes  int
}

// stringAt is piece, offset and length; no piece is longer than pieceBytes, nor a
// string than MaxRowBytes, so that both fit.
type stringAt uint64

const (
	pieceBytes = 1 << 20
	lengthBits = 20
	offsetBits = 20
)

// add takes a text of at most MaxRowBytes.
func (s *sharedStrings) add(text []byte) error {
	if s.bytes += len(text); s.bytes > s.bounds.StringBytes || len(s.at) >= s.bounds.Strings {
		return fmt.Errorf("more than %d shared strings, or than %d bytes of them; split the table, or save it as CSV UTF-8", s.bounds.Strings, s.bounds.StringBytes)
	}
	last := len(s.pieces) - 1
	if last < 0 || s.pieces[last].Len()+len(text) >= pieceBytes {
		piece := &strings.Builder{}
		piece.Grow(pieceBytes)
		s.pieces = append(s.pieces, piece)
		last++
	}
	piece := s.pieces[last]
	s.at = append(s.at, stringAt(last)<<(offsetBits+lengthBits)|stringAt(piece.Len())<<lengthBits|stringAt(len(text)))
	_, err := piece.Write(text)
	return err
}

// get gives a text; it shares the memory that is held anyway.
func (s *sharedStrings) get(n int) (string, bool) {
	if n < 0 || n >= len(s.at) {
		return "", false
	}
	at := s.at[n]
	offset, length := int(at>>lengthBits&(1<<offsetBits-1)), int(at&(1<<lengthBits-1))
	return s.pieces[at>>(offsetBits+lengthBits)].String()[offset : offset+length], true
}

func (b *Book) readStrings(name string) error {
	var text []byte
	return b.tokens(name, 0, func(p *part, t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			if p.depth() == 2 {
				text = text[:0]
			}
		case xml.CharData:
			if p.inText() {
				text = append(text, t...)
			}
			if len(text) > MaxRowBytes {
				return p.damage(fmt.Sprintf("a string is longer than %d bytes", MaxRowBytes))
			}
		case xml.EndElement:
			if p.depth() == 1 && t.Name.Local == "si" {
				if err := b.strings.add(unescaped(text)); err != nil {
					return fmt.Errorf("part %s: %w", name, err)
				}
			}
		}
		return nil
	})
}
