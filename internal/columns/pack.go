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
	w := &p.page
	w.elements = w.elements[:0]
	if !w.parse(page) || !w.minimal(p.schema.root, page, 0) {
		return append([]byte{formAsIs}, page...), nil
	}
	for i := range w.cols {
		w.cols[i] = w.cols[i][:0]
	}
	w.known = &p.known
	w.last.reset(p.schema)
	w.parsed(p.schema, p.schema.root, page, 0)
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

// parse adds the elements of a message to those being packed, without looking into
// them; false where it is not in the minimal wire form.
func (w *packing) parse(data []byte) bool {
	first := len(w.elements)
	for at := 0; at < len(data); {
		if len(w.elements)-first >= maxShape {
			return false
		}
		if rest := data[at:]; len(rest) > 1 && rest[0] < 0x80 && rest[1] < 0x80 && rest[0]&7 == byte(protowire.VarintType) && rest[0]>>3 > 0 {
			// Tag and value of a byte each, as nearly all are.
			w.elements = append(w.elements, element{number: protowire.Number(rest[0] >> 3), value: uint64(rest[1])})
			at += 2
			continue
		}
		e, next, ok := readElement(data, at)
		if !ok {
			return false
		}
		w.elements = append(w.elements, e)
		at = next
	}
	return true
}

// minimal tells whether all messages within one can be packed whose elements are the
// last, from first on.
func (w *packing) minimal(m *schema, data []byte, first int) bool {
	last := len(w.elements)
	for i := first; i < last; i++ {
		e := w.elements[i]
		if e.wire != protowire.BytesType {
			continue
		}
		f := m.field(e.number)
		if f.kind != asMessage {
			continue
		}
		if content := e.content(data); !w.parse(content) || !w.minimal(f.of, content, last) {
			return false
		}
		w.elements = w.elements[:last]
	}
	return true
}

// message packs a message in the minimal wire form.
func (w *packing) message(s *Schema, m *schema, data []byte) {
	first := len(w.elements)
	w.parse(data)
	w.parsed(s, m, data, first)
}

// parsed packs a message whose elements are the last, from first on: its shape, then
// its values in order. It gives their number.
func (w *packing) parsed(s *Schema, m *schema, data []byte, first int) int {
	tags := w.tags[:0]
	for _, e := range w.elements[first:] {
		if tag := uint64(e.number)<<3 | uint64(e.wire); tag < 0x80 {
			tags = append(tags, byte(tag))
		} else {
			tags = protowire.AppendVarint(tags, tag)
		}
	}
	w.tags = tags
	w.shape(m, tags)
	c := context{}
	count := len(w.elements) - first
	for i := range count {
		e := w.elements[first+i]
		w.element(s, m, &e, data, &c)
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

func (w *packing) element(s *Schema, m *schema, e *element, data []byte, c *context) {
	f := m.field(e.number)
	switch {
	case e.wire == protowire.VarintType:
		if e.number == 1 {
			c.first = e.value
		}
		w.varint(f, &m.other, e.value, c)
	case e.wire != protowire.BytesType:
		w.plain(e.content(data))
	case f.kind == asMessage:
		w.message(s, f.of, e.content(data))
	case f.kind == asRecord:
		w.record(s, m, f, e.content(data), c)
	case f.kind == asStampIndex:
		w.stampIndex(f.column, m.other.column, e.content(data), c)
	default:
		w.content(f, m.other.column, e.content(data), c)
	}
}

// record packs a message of the kind told before, or, where it is not in minimal form,
// as a text.
func (w *packing) record(s *Schema, m *schema, f *field, data []byte, c *context) {
	first, of := len(w.elements), s.recordOf(c.first)
	if of == nil || !w.parse(data) || !w.minimal(of, data, first) {
		w.elements = w.elements[:first]
		w.put(f.column, 1)
		w.text(m.other.column, data)
		return
	}
	w.put(f.column, 0)
	c.elements = w.parsed(s, of, data, first)
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
		id, ok := parseIDText(b)
		if !ok {
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
	w.last.remember(b)
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
