package columns

import (
	"bytes"
	"encoding/binary"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// Packer packs the pages of one session and direction, in order. What it has
// learned from one page (shapes, words) makes the next smaller. Not safe for
// concurrent use.
type Packer struct {
	schema *Schema
	known  knowledge
	codec  codec
	page   packing
}

// NewPacker starts a session.
func NewPacker(s *Schema) *Packer {
	p := &Packer{schema: s, known: newKnowledge(s)}
	p.page.cols = make([][]byte, s.columns)
	return p
}

// Forms of a packed page, its first byte.
const (
	formAsIs   = 0
	formPacked = 1
)

// Pack gives a page's packed form in two parts: what a compressor makes
// smaller, and what is coded already. One behind the other they are what Unpack
// takes. A page that is not in minimal wire form is packed as it is.
func (p *Packer) Pack(page []byte) (plain, coded []byte) {
	if !minimal(p.schema, p.schema.root, page) {
		return append([]byte{formAsIs}, page...), nil
	}
	w := &p.page
	for i := range w.cols {
		w.cols[i] = w.cols[i][:0]
	}
	w.known, w.last = &p.known, newLast(p.schema)
	w.message(p.schema, p.schema.root, page)
	return p.codec.join(w.cols)
}

// packing is one page on its way into columns.
type packing struct {
	cols  [][]byte
	known *knowledge
	last  last
	// elements of the messages being packed, the innermost last; tags is memory
	// used again.
	elements []element
	tags     []byte
}

func (w *packing) put(column int, b byte) { w.cols[column] = append(w.cols[column], b) }
func (w *packing) long(v uint64)          { w.cols[columnLong] = protowire.AppendVarint(w.cols[columnLong], v) }
func (w *packing) plain(b []byte)         { w.cols[columnPlain] = append(w.cols[columnPlain], b...) }
func (w *packing) putPair(column, v int)  { w.put(column, byte(v>>8)); w.put(column+1, byte(v)) }

// element is one field of a message in wire form.
type element struct {
	number protowire.Number
	wire   protowire.Type
	value  uint64 // varint
	bytes  []byte // content, or the bytes of a fixed number
}

// nextElement reads an element of the minimal wire form; ok is false for
// anything else.
func nextElement(data []byte) (e element, size int, ok bool) {
	if len(data) > 1 && data[0] < 0x80 && data[1] < 0x80 && data[0]>>3 > 0 {
		// Tag and value, or tag and length, of a byte each: nearly all are.
		e.number, e.wire = protowire.Number(data[0]>>3), protowire.Type(data[0]&7)
		switch length := int(data[1]); {
		case e.wire == protowire.VarintType:
			e.value = uint64(length)
			return e, 2, true
		case e.wire == protowire.BytesType && length <= len(data)-2:
			e.bytes = data[2 : 2+length]
			return e, 2 + length, true
		}
	}
	tag, n := protowire.ConsumeVarint(data)
	if n <= 0 || n != protowire.SizeVarint(tag) || tag>>3 == 0 || tag>>3 > uint64(protowire.MaxValidNumber) {
		return e, 0, false
	}
	e.number, e.wire = protowire.Number(tag>>3), protowire.Type(tag&7)
	rest := data[n:]
	switch e.wire {
	case protowire.VarintType:
		v, m := protowire.ConsumeVarint(rest)
		if m <= 0 || m != protowire.SizeVarint(v) {
			return e, 0, false
		}
		e.value = v
		return e, n + m, true
	case protowire.BytesType:
		length, m := protowire.ConsumeVarint(rest)
		if m <= 0 || m != protowire.SizeVarint(length) || length > uint64(len(rest)-m) {
			return e, 0, false
		}
		e.bytes = rest[m : m+int(length)]
		return e, n + m + int(length), true
	case protowire.Fixed32Type, protowire.Fixed64Type:
		width := fixedWidth(e.wire)
		if len(rest) < width {
			return e, 0, false
		}
		e.bytes = rest[:width]
		return e, n + width, true
	default:
		return e, 0, false
	}
}

func fixedWidth(t protowire.Type) int {
	if t == protowire.Fixed32Type {
		return 4
	}
	return 8
}

// minimal tells whether a message and all within it can be packed.
func minimal(s *Schema, m *schema, data []byte) bool {
	for elements := 0; len(data) > 0; elements++ {
		e, n, ok := nextElement(data)
		if !ok || elements >= maxShape {
			return false
		}
		if f := m.field(e.number); f.kind == asMessage && e.wire == protowire.BytesType && !minimal(s, f.of, e.bytes) {
			return false
		}
		data = data[n:]
	}
	return true
}

// message packs a message: its shape, then its values in order.
func (w *packing) message(s *Schema, m *schema, data []byte) int {
	first, tags := len(w.elements), w.tags[:0]
	for rest := data; len(rest) > 0; {
		e, n, _ := nextElement(rest)
		if rest[0] < 0x80 {
			tags = append(tags, rest[0])
		} else {
			tags = protowire.AppendTag(tags, e.number, e.wire)
		}
		w.elements = append(w.elements, e)
		rest = rest[n:]
	}
	w.tags = tags
	w.shape(m, tags)
	c := context{}
	count := len(w.elements) - first
	for i := range count {
		w.element(s, m, w.elements[first+i], &c)
	}
	w.elements = w.elements[:first]
	return count
}

func (w *packing) shape(m *schema, tags []byte) {
	i, isNew := w.known.shape(m, tags)
	w.putPair(m.shape, i)
	if isNew {
		w.long(uint64(len(tags)))
		w.plain(tags)
	}
}

func (w *packing) element(s *Schema, m *schema, e element, c *context) {
	f := m.field(e.number)
	switch {
	case e.wire == protowire.VarintType:
		if e.number == 1 {
			c.first = e.value
		}
		w.varint(f, &m.other, e.value, c)
	case e.wire != protowire.BytesType:
		w.plain(e.bytes)
	case f.kind == asMessage:
		w.message(s, f.of, e.bytes)
	case f.kind == asRecord:
		of := s.recordOf(c.first)
		if of == nil || !minimal(s, of, e.bytes) {
			w.put(f.column, 1)
			w.text(m.other.column, e.bytes)
			return
		}
		w.put(f.column, 0)
		c.elements = w.message(s, of, e.bytes)
	case f.kind == asStampIndex:
		w.stampIndex(f.column, m.other.column, e.bytes, c)
	default:
		w.content(f, m.other.column, e.bytes, c)
	}
}

func (w *packing) varint(f, other *field, v uint64, c *context) {
	switch f.kind {
	case asClock:
		w.clock(f.column, v)
	case asIdentity:
		w.identity(f.column, v, c)
	case asSex:
		w.number(f.column, c.sexIn(v))
	case asNumber:
		w.number(f.column, v)
	default:
		w.number(other.column+widths[asText], v)
	}
}

// number: a byte for the small, the last large one again, or a large one.
func (w *packing) number(column int, v uint64) {
	switch {
	case v <= smallMax:
		w.put(column, byte(v))
	case v == w.last.number[column]:
		w.put(column, numberAgain)
	default:
		w.put(column, numberLong)
		w.long(v)
		w.last.number[column] = v
	}
}

func (w *packing) clock(column int, v uint64) {
	step := protowire.EncodeZigZag(int64(v - w.last.number[column]))
	w.last.number[column] = v
	if step < numberLong {
		w.put(column, byte(step))
		return
	}
	w.put(column, numberLong)
	w.long(step)
}

// identity: flag, day, month, year, serial.
func (w *packing) identity(column int, v uint64, c *context) {
	if v >= identityLimit {
		w.put(column, identityOther)
		w.long(v)
		return
	}
	p := splitIdentity(v)
	if p.district == w.last.district {
		w.put(column, identitySame)
	} else {
		w.put(column, identityDistrict)
		w.long(p.district)
		w.last.district = p.district
	}
	for i, b := range [...]byte{p.day, p.month, p.year, byte(p.serial / 100), byte(p.serial % 100)} {
		w.put(column+1+i, b)
	}
	c.identity, c.identified = p, true
}

func (w *packing) content(f *field, other int, b []byte, c *context) {
	switch f.kind {
	case asText:
		w.text(f.column, b)
	case asDate, asBirthDate:
		w.date(f, other, b, c)
	case asID:
		if len(b) != len(merge.ID{}) {
			w.put(f.column, idOther)
			w.text(other, b)
			return
		}
		w.id(f.column, merge.ID(b))
	case asIDText:
		id, err := merge.ParseID(string(b))
		if err != nil || id.String() != string(b) {
			w.put(f.column, idOther)
			w.text(other, b)
			return
		}
		w.id(f.column, id)
	default:
		w.text(other, b)
	}
}

func (w *packing) date(f *field, other int, b []byte, c *context) {
	d, ok := parseDay(b)
	switch {
	case !ok:
		w.put(f.column, dateOther)
		w.text(other, b)
	case f.kind == asBirthDate && d == c.born(1900):
		w.put(f.column, dateBorn1900)
	case f.kind == asBirthDate && d == c.born(2000):
		w.put(f.column, dateBorn2000)
	case f.kind == asDate && d == w.last.date[f.column]:
		w.put(f.column, dateAgain)
	default:
		w.put(f.column, dateGiven)
		w.put(f.column+1, byte(d.year-yearBase))
		w.put(f.column+2, d.month)
		w.put(f.column+3, d.day)
		w.last.date[f.column] = d
	}
}

func (w *packing) id(column int, id merge.ID) {
	device, incarnation, counter, ok := id.Source()
	if !ok {
		w.put(column, idRaw)
		w.plain(id[:])
		return
	}
	if device != w.last.device || incarnation != w.last.incarnation {
		w.put(column, idSource)
		w.plain(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, device), incarnation))
		w.long(counter)
		w.last.device, w.last.incarnation, w.last.counter = device, incarnation, counter
		return
	}
	step := protowire.EncodeZigZag(int64(counter - w.last.counter))
	w.last.counter = counter
	if step < idStep {
		w.put(column, byte(step))
		return
	}
	w.put(column, idStep)
	w.long(step)
}

// text: the number of words, and each by its number in what is known; a text
// among the last few by its place there.
func (w *packing) text(column int, b []byte) {
	if at := w.last.find(b); at >= 0 {
		w.put(column, byte(at))
		return
	}
	w.last.remember(string(b))
	words := bytes.Count(b, space) + 1
	if words > maxWords || !printable(b) {
		w.put(column, textRaw)
		w.long(uint64(len(b)))
		w.plain(b)
		return
	}
	w.put(column, byte(recentTexts+words-1))
	for i := range words {
		word, rest, _ := bytes.Cut(b, space)
		b = rest
		n, isNew := w.known.word(word)
		w.putPair(column+1+2*min(i, 1), n)
		if isNew {
			w.long(uint64(len(word)))
			w.plain(word)
		}
	}
}

var space = []byte{' '}

func (w *packing) stampIndex(column, other int, b []byte, c *context) {
	if len(b) == 0 || len(b) != c.elements || !one(b) {
		w.put(column, 1)
		w.text(other, b)
		return
	}
	w.put(column, 0)
	w.put(column+1, b[0])
}
