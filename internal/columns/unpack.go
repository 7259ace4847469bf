package columns

import (
	"encoding/binary"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/keluarga-sehat/sync/internal/merge"
)

// Unpacker reads what a Packer wrote, page by page in the same order. Not safe
// for concurrent use.
type Unpacker struct {
	schema *Schema
	known  memory
	codec  codec
	last   last
}

// NewUnpacker starts a session.
func NewUnpacker(s *Schema) *Unpacker { return &Unpacker{schema: s, known: newMemory(s)} }

// Unpack gives the page, of at most limit bytes. Errors: ErrMalformed; the
// session is of no use afterwards.
func (u *Unpacker) Unpack(packed []byte, limit int) ([]byte, error) {
	if len(packed) == 0 || packed[0] > formPacked {
		return nil, malformed("unknown form")
	}
	if packed[0] == formAsIs {
		if len(packed)-1 > limit {
			return nil, malformed("%d bytes, at most %d are allowed", len(packed)-1, limit)
		}
		return packed[1:], nil
	}
	cols, err := u.codec.split(packed[1:], u.schema.columns)
	if err != nil {
		return nil, err
	}
	u.last.reset(u.schema)
	r := &unpacking{schema: u.schema, cols: cols, known: &u.known, last: &u.last, limit: limit}
	r.out = make([]byte, 0, min(limit, 32*len(packed)))
	r.message(u.schema.root)
	if r.err != nil {
		return nil, r.err
	}
	for i := range cols {
		if cols[i].left > 0 {
			return nil, malformed("column %d has %d values too many", i, cols[i].left)
		}
	}
	return r.out, nil
}

// unpacking is one page on its way out of columns. The first error stands;
// after it everything is zero.
type unpacking struct {
	schema *Schema
	cols   []column
	known  *memory
	last   *last
	out    []byte
	limit  int
	err    error
}

func (r *unpacking) fail(format string, args ...any) {
	if r.err == nil {
		r.err = malformed(format, args...)
	}
	for i := range r.cols {
		r.cols[i].left = 0
	}
}

// get is the next value of a column.
func (r *unpacking) get(number int) byte {
	c := &r.cols[number]
	if c.left == 0 {
		return r.ended(number)
	}
	b := c.data[c.at]
	c.left--
	c.at += c.step
	return b
}

func (r *unpacking) ended(number int) byte {
	r.fail("column %d ends early", number)
	return 0
}

func (r *unpacking) pair(number int) int { return int(r.get(number))<<8 | int(r.get(number+1)) }

func (r *unpacking) long() uint64 {
	var v uint64
	for shift := 0; shift < 70; shift += 7 {
		b := r.get(columnLong)
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	r.fail("a number is too long")
	return 0
}

func (r *unpacking) plain(n uint64) []byte {
	c := &r.cols[columnPlain]
	if n > uint64(c.left) {
		r.fail("texts end early")
		return nil
	}
	c.left -= int(n)
	if c.step == 0 && n > 0 {
		return slices.Repeat(c.data, int(n))
	}
	out := c.data[c.at : c.at+int(n)]
	c.at += int(n)
	return out
}

// message appends a message and gives the number of its fields.
func (r *unpacking) message(m *schema) int {
	c := context{}
	shape := r.shape(m)
	for i := range shape {
		if e := &shape[i]; e.tag < 0x80 {
			r.out = append(r.out, byte(e.tag))
		} else {
			r.out = protowire.AppendVarint(r.out, uint64(e.tag))
		}
		r.element(m, &shape[i], &c)
		if len(r.out) > r.limit {
			r.fail("more than %d bytes", r.limit)
		}
		if r.err != nil {
			return 0
		}
	}
	return len(shape)
}

// shape is the elements of the message that comes, nil after an error.
func (r *unpacking) shape(m *schema) []shapeElement {
	n := r.pair(m.shape)
	known := r.known.shapes[m.number]
	if n > 0 {
		if n > len(known) {
			r.fail("shape %d is not known", n)
			return nil
		}
		if shape := known[n-1]; shape.elements != nil || shape.tags == "" {
			return shape.elements
		}
		return elementsOf(m, known[n-1].tags)
	}
	tags := r.plain(r.long())
	if !validTags(tags) {
		r.fail("a shape is malformed")
	}
	if r.err != nil {
		return nil
	}
	elements := elementsOf(m, string(tags))
	r.known.learnShape(m, string(tags), elements)
	return elements
}

func validTags(tags []byte) bool {
	for count := 0; len(tags) > 0; count++ {
		tag, n := protowire.ConsumeVarint(tags)
		if n <= 0 || n != protowire.SizeVarint(tag) || count >= maxShape || tag>>3 == 0 || tag>>3 > uint64(protowire.MaxValidNumber) {
			return false
		}
		switch protowire.Type(tag & 7) {
		case protowire.VarintType, protowire.BytesType, protowire.Fixed32Type, protowire.Fixed64Type:
		default:
			return false
		}
		tags = tags[n:]
	}
	return true
}

func (r *unpacking) element(m *schema, e *shapeElement, c *context) {
	f, wire := e.field, protowire.Type(e.tag&7)
	if wire == protowire.VarintType {
		v := r.varint(f, &m.other, c)
		if e.tag>>3 == 1 {
			c.first = v
		}
		if v < 0x80 {
			r.out = append(r.out, byte(v))
		} else {
			r.out = protowire.AppendVarint(r.out, v)
		}
		return
	}
	if wire != protowire.BytesType {
		r.out = append(r.out, r.plain(uint64(fixedWidth(wire)))...)
		return
	}
	// One byte of room for the length; more is made where it doesn't fit.
	start := len(r.out)
	r.out = append(r.out, 0)
	r.content(m, f, c)
	length := uint64(len(r.out) - start - 1)
	if length < 0x80 {
		r.out[start] = byte(length)
		return
	}
	if n := protowire.SizeVarint(length); n > 1 {
		r.out = slices.Insert(r.out, start+1, make([]byte, n-1)...)
	}
	protowire.AppendVarint(r.out[:start], length)
}

func (r *unpacking) content(m *schema, f *field, c *context) {
	switch f.kind {
	case asMessage:
		r.message(f.of)
	case asRecord:
		of := r.schema.recordOf(c.first)
		if r.get(f.column) != 0 {
			r.text(m.other.column)
		} else if of == nil {
			r.fail("a record of kind %d", c.first)
		} else {
			c.elements = r.message(of)
		}
	case asStampIndex:
		if r.get(f.column) != 0 {
			r.text(m.other.column)
			return
		}
		b := r.get(f.column + 1)
		for range c.elements {
			r.out = append(r.out, b)
		}
	case asText:
		r.text(f.column)
	case asDate, asBirthDate:
		r.date(f, m.other.column, c)
	case asID:
		if id, ok := r.id(f.column, m.other.column); ok {
			r.out = append(r.out, id[:]...)
		}
	case asIDText:
		if id, ok := r.id(f.column, m.other.column); ok {
			r.out = appendIDText(r.out, id)
		}
	default:
		r.text(m.other.column)
	}
}

func (r *unpacking) varint(f, other *field, c *context) uint64 {
	switch f.kind {
	case asClock:
		step := uint64(r.get(f.column))
		if step == numberLong {
			step = r.long()
		}
		r.last.number[f.column] += uint64(protowire.DecodeZigZag(step))
		return r.last.number[f.column]
	case asIdentity:
		return r.identity(f.column, c)
	case asSex:
		return c.sexIn(r.number(f.column))
	case asNumber:
		return r.number(f.column)
	default:
		return r.number(other.column + widths[asText])
	}
}

func (r *unpacking) number(column int) uint64 {
	switch b := r.get(column); b {
	case numberAgain:
		return r.last.number[column]
	case numberLong:
		r.last.number[column] = r.long()
		return r.last.number[column]
	default:
		return uint64(b)
	}
}

func (r *unpacking) identity(column int, c *context) uint64 {
	switch r.get(column) {
	case identitySame:
	case identityDistrict:
		r.last.district = r.long()
	case identityOther:
		return r.long()
	default:
		r.fail("an identity is malformed")
	}
	p := identity{district: r.last.district, day: r.get(column + 1), month: r.get(column + 2), year: r.get(column + 3)}
	p.serial = uint16(r.get(column+4))*100 + uint16(r.get(column+5))
	c.identity, c.identified = p, true
	return p.number()
}

func (r *unpacking) date(f *field, other int, c *context) {
	var d day
	switch r.get(f.column) {
	case dateOther:
		r.text(other)
		return
	case dateBorn1900:
		d = c.born(1900)
	case dateBorn2000:
		d = c.born(2000)
	case dateAgain:
		d = r.last.date[f.column]
	default:
		d = day{yearBase + uint16(r.get(f.column+1)), r.get(f.column + 2), r.get(f.column + 3)}
		r.last.date[f.column] = d
	}
	r.out = d.append(r.out)
}

// id reads an id; false where something else stood in its place, which has been
// appended.
func (r *unpacking) id(column, other int) (merge.ID, bool) {
	b := r.get(column)
	switch b {
	case idOther:
		r.text(other)
		return merge.ID{}, false
	case idRaw:
		raw := r.plain(uint64(len(merge.ID{})))
		if r.err != nil {
			return merge.ID{}, false
		}
		return merge.ID(raw), true
	case idSource:
		source := r.plain(8)
		if r.err != nil {
			return merge.ID{}, false
		}
		r.last.device, r.last.incarnation = binary.BigEndian.Uint32(source), binary.BigEndian.Uint32(source[4:])
		r.last.counter = r.long()
	case idStep:
		r.last.counter += uint64(protowire.DecodeZigZag(r.long()))
	default:
		r.last.counter += uint64(protowire.DecodeZigZag(uint64(b)))
	}
	return merge.NewID(r.last.device, r.last.incarnation, r.last.counter), true
}

func (r *unpacking) text(column int) {
	b := r.get(column)
	if b < recentTexts {
		r.out = append(r.out, r.last.texts[b]...)
		return
	}
	start := len(r.out)
	if b == textRaw {
		r.out = append(r.out, r.plain(r.long())...)
	} else {
		for i := range int(b) - recentTexts + 1 {
			if i > 0 {
				r.out = append(r.out, ' ')
			}
			r.out = append(r.out, r.word(column+1+2*min(i, 1))...)
		}
	}
	r.last.remember(r.out[start:])
}

func (r *unpacking) word(column int) string {
	n := r.pair(column)
	if n > 0 {
		if n > len(r.known.words) {
			r.fail("word %d is not known", n)
			return ""
		}
		return r.known.words[n-1]
	}
	word := string(r.plain(r.long()))
	r.known.learnWord(word)
	return word
}
