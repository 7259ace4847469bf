package columns

import "google.golang.org/protobuf/encoding/protowire"

// kind is how a field's values are packed.
type kind uint8

const (
	// asDefault is for fields that the schema doesn't name: numbers as asNumber,
	// bytes as asText, fixed ones as they are.
	asDefault kind = iota
	// asNumber: a varint, mostly small or like the last large one.
	asNumber
	// asClock: a varint, told as the step from the field's last.
	asClock
	// asIdentity: NIK or NKK.
	asIdentity
	// asSex: a varint, mostly what the message's NIK tells.
	asSex
	// asText: words.
	asText
	// asDate: "2006-01-02", mostly the field's last.
	asDate
	// asBirthDate: "2006-01-02", mostly the message's NIK's.
	asBirthDate
	// asID: 16 bytes.
	asID
	// asIDText: a UUID's text.
	asIDText
	// asMessage: a message of the schema `of`.
	asMessage
	// asRecord: a message whose schema is told by the number in the message's
	// field 1 (RecordKind).
	asRecord
	// asStampIndex: a packed list, mostly of one small number for each field of
	// the message's asRecord.
	asStampIndex
)

// widths are the columns that a kind takes.
var widths = [...]int{asDefault: 6, asNumber: 1, asClock: 1, asIdentity: 6, asSex: 1, asText: 5, asDate: 4, asBirthDate: 4, asID: 1, asIDText: 1, asMessage: 0, asRecord: 1, asStampIndex: 2}

// field is one field of a schema. Its columns are numbered from column; what
// its kind can't hold goes to those of the schema's other.
type field struct {
	kind   kind
	of     *schema
	column int
}

// schema is a message's. Shapes are in the columns shape and shape+1.
type schema struct {
	number int
	shape  int
	fields [maxField + 1]field
	other  field
}

// maxField is the highest field number that a schema can name.
const maxField = 31

func (s *schema) field(n protowire.Number) *field {
	if n <= maxField && s.fields[n].kind != asDefault {
		return &s.fields[n]
	}
	return &s.other
}

// Schema is the form of a direction's pages.
type Schema struct {
	root    *schema
	records [6]*schema // by RecordKind
	columns int
	schemas int
}

// The columns that everything shares.
const (
	columnLong  = iota // varints too large for a byte
	columnPlain        // texts and bytes never seen before, one behind the other
	sharedColumns
)

type builder struct{ s *Schema }

func (b builder) message(fields map[protowire.Number]field) *schema {
	m := &schema{number: b.s.schemas, shape: b.columns(2)}
	b.s.schemas++
	m.other = field{kind: asDefault, column: b.columns(widths[asDefault])}
	for n := protowire.Number(1); n <= maxField; n++ {
		if f, ok := fields[n]; ok {
			f.column = b.columns(widths[f.kind])
			m.fields[n] = f
		}
	}
	return m
}

func (b builder) columns(n int) int {
	first := b.s.columns
	b.s.columns += n
	return first
}

func all(k kind, numbers ...protowire.Number) map[protowire.Number]field {
	out := map[protowire.Number]field{}
	for _, n := range numbers {
		out[n] = field{kind: k}
	}
	return out
}

func with(fields map[protowire.Number]field, k kind, numbers ...protowire.Number) map[protowire.Number]field {
	for _, n := range numbers {
		fields[n] = field{kind: k}
	}
	return fields
}

func holding(fields map[protowire.Number]field, n protowire.Number, of *schema) map[protowire.Number]field {
	fields[n] = field{kind: asMessage, of: of}
	return fields
}

// Field numbers are those of proto/keluargasehat/v1.
func newBuilder() builder {
	b := builder{&Schema{columns: sharedColumns}}
	stamp := b.message(with(all(asClock, 1), asNumber, 2, 3, 4, 5))
	removal := b.message(with(with(all(asNumber, 1), asDate, 2), asIDText, 4))
	b.s.records[1] = b.message(holding(with(with(all(asText, 1, 2, 3, 4, 6, 8, 9, 11, 12), asIdentity, 5), asNumber, 7), 10, removal))
	member := with(with(all(asText, 1, 3), asIdentity, 2), asNumber, 4, 10)
	member = with(with(with(member, asSex, 5), asBirthDate, 6), asIDText, 8, 11)
	b.s.records[2] = b.message(holding(member, 9, removal))
	b.s.records[3] = b.message(with(with(all(asDate, 1), asText, 2, 10, 11, 12, 13, 15), asNumber, 3, 4, 5, 6, 7, 8, 9))
	individual := with(all(asText, 27, 28), asIDText, 4)
	for n := protowire.Number(1); n <= 26; n++ {
		if n != 4 {
			individual[n] = field{kind: asNumber}
		}
	}
	b.s.records[4] = b.message(individual)
	b.s.records[5] = b.message(with(with(with(with(all(asDate, 1, 7), asText, 2, 8, 9), asClock, 3, 4), asNumber, 5, 6), asIDText, 11))
	b.s.root = stamp
	return b
}

// Uploads is the form of UploadPage.
func Uploads() *Schema {
	b := newBuilder()
	stamp := b.s.root
	context := b.message(holding(all(asNumber, 1), 2, stamp))
	write := b.message(holding(with(with(all(asNumber, 1), asID, 2, 3), asRecord, 4), 6, context))
	change := with(with(all(asID, 1, 5), asNumber, 3, 4), asNumber, 7)
	changes := b.message(holding(holding(change, 2, stamp), 6, write))
	submission := b.message(with(with(with(all(asID, 1, 5), asNumber, 2, 3), asClock, 4), asText, 6))
	b.s.root = b.message(holding(holding(map[protowire.Number]field{}, 1, changes), 2, submission))
	return b.s
}

// Downloads is the form of FeedPage.
func Downloads() *Schema {
	b := newBuilder()
	stamp := b.s.root
	value := b.message(with(all(asNumber, 1), asText, 2))
	register := b.message(holding(all(asNumber, 1), 2, value))
	record := b.message(holding(with(with(with(all(asNumber, 1), asID, 2, 3), asRecord, 4), asStampIndex, 5), 6, register))
	state := b.message(holding(holding(all(asID, 1), 2, stamp), 3, record))
	review := b.message(with(with(all(asNumber, 1), asIDText, 2), asText, 3))
	family := b.message(holding(holding(all(asClock, 2), 1, state), 3, review))
	b.s.root = b.message(holding(with(all(asNumber, 1), asID, 3), 2, family))
	return b.s
}
