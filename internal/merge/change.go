package merge

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// ErrMalformedChange is returned for a Change that is wrong within its form:
// ids missing, fields out of order, bytes that are no wire form.
var ErrMalformedChange = errors.New("malformed change")

// MaxElementBytes bounds one register's value; long enough for the longest
// text that the questionnaire takes with the carried columns of an import.
const MaxElementBytes = 64 << 10

// FromChange is the state that a change makes by itself, to be joined. Errors:
// ErrMalformedChange.
func FromChange(c *ksv1.Change) (State, error) {
	family, err := IDFromBytes(c.GetFamilyId())
	if err != nil || family.IsZero() {
		return State{}, badChange("family id of %d bytes", len(c.GetFamilyId()))
	}
	stamp := StampOf(c.GetStamp())
	if stamp.IsZero() || stamp.Device == 0 {
		return State{}, badChange("no stamp")
	}
	count := 0
	for _, w := range c.GetWrites() {
		count += countFields(w.GetFields()) + len(w.GetCleared())
	}
	s := State{Family: family, Records: make([]Record, 0, len(c.GetWrites()))}
	room := newRoom(count, stamp, c.GetAuthor())
	for _, w := range c.GetWrites() {
		record, err := recordOf(w, stamp, room)
		if err != nil {
			return State{}, err
		}
		s.Records = append(s.Records, record)
	}
	if len(s.Records) == 0 {
		return State{}, badChange("nothing written")
	}
	slices.SortFunc(s.Records, func(a, b Record) int { return a.Key.Compare(b.Key) })
	for i := 1; i < len(s.Records); i++ {
		if s.Records[i-1].Key == s.Records[i].Key {
			return State{}, badChange("two writes to one record")
		}
	}
	return s, nil
}

// room is the memory of a change's registers, taken at once: a family has many,
// each with one value and one stamp of context.
type room struct {
	registers []Register
	values    []Value
	contexts  []Stamp
	value     Value
}

func newRoom(count int, stamp Stamp, author uint32) *room {
	return &room{
		registers: make([]Register, 0, count), values: make([]Value, 0, count), contexts: make([]Stamp, 0, count),
		value: Value{Stamp: stamp, Author: author},
	}
}

// add appends a register that the change writes; nil is "cleared". Slices end
// at their own length, so that appending to one moves it out.
func (r *room) add(field protowire.Number, element []byte) {
	n := len(r.values)
	v := r.value
	v.Element = element
	r.values = append(r.values, v)
	r.contexts = append(r.contexts, v.Stamp)
	r.registers = append(r.registers, Register{Field: field, Values: r.values[n : n+1 : n+1], Context: Context(r.contexts[n : n+1 : n+1])})
}

// countFields counts the fields of a message's wire form; of a malformed one,
// those before the fault.
func countFields(wire []byte) int {
	n := 0
	for len(wire) > 0 {
		_, _, size := protowire.ConsumeField(wire)
		if size < 0 {
			return n
		}
		wire = wire[size:]
		n++
	}
	return n
}

// recordOf is the part of a change that concerns one record.
func recordOf(w *ksv1.Write, stamp Stamp, room *room) (Record, error) {
	key, err := KeyOfWrite(w)
	if err != nil {
		return Record{}, err
	}
	first := len(room.registers)
	err = eachField(w.GetFields(), func(e Element) { room.add(e.Field, e.Bytes) })
	if err != nil {
		return Record{}, err
	}
	for _, field := range w.GetCleared() {
		if field == 0 || field > uint32(protowire.MaxValidNumber) {
			return Record{}, badChange("cleared field %d", field)
		}
		room.add(protowire.Number(field), nil)
	}
	record := Record{Key: key, Registers: room.registers[first:len(room.registers):len(room.registers)]}
	slices.SortFunc(record.Registers, func(a, b Register) int { return cmp.Compare(a.Field, b.Field) })
	for i := 1; i < len(record.Registers); i++ {
		if record.Registers[i-1].Field == record.Registers[i].Field {
			return Record{}, badChange("field %d written twice", record.Registers[i].Field)
		}
	}
	if len(record.Registers) == 0 {
		return Record{}, badChange("a write that writes nothing")
	}
	return record, applyContexts(&record, w.GetContexts(), stamp)
}

// applyContexts widens the registers' contexts by what the author saw.
func applyContexts(record *Record, contexts []*ksv1.FieldContext, own Stamp) error {
	for _, fc := range contexts {
		register := record.Register(protowire.Number(fc.GetField()))
		if register == nil {
			return badChange("context of field %d, which is not written", fc.GetField())
		}
		for _, seen := range fc.GetSeen() {
			stamp := StampOf(seen)
			if stamp.Compare(own) >= 0 {
				return badChange("context of field %d names %v, a stamp not before its own, %v", fc.GetField(), stamp, own)
			}
			register.Context = register.Context.with(stamp)
		}
	}
	return nil
}

// KeyOfWrite is the key of the record written. Errors: ErrMalformedChange.
func KeyOfWrite(w *ksv1.Write) (Key, error) {
	record, err := IDFromBytes(w.GetRecordId())
	if err != nil {
		return Key{}, badChange("record id: %v", err)
	}
	member, err := IDFromBytes(w.GetMemberId())
	if err != nil {
		return Key{}, badChange("member id: %v", err)
	}
	key := Key{Kind: w.GetKind(), Record: record, Member: member}
	if !key.wellFormed() {
		return Key{}, badChange("record of kind %s with the wrong ids", w.GetKind())
	}
	return key, nil
}

// Element is one field's wire form.
type Element struct {
	Field protowire.Number
	// Bytes are tag and value.
	Bytes []byte
}

// SplitFields takes a record message's wire form apart. Fields must ascend and
// occur once. Errors: ErrMalformedChange.
func SplitFields(fields []byte) ([]Element, error) {
	var out []Element
	err := eachField(fields, func(e Element) { out = append(out, e) })
	if err != nil {
		return nil, err
	}
	return out, nil
}

// eachField is SplitFields without a list.
func eachField(fields []byte, take func(Element)) error {
	var last protowire.Number
	for len(fields) > 0 {
		field, _, n := protowire.ConsumeField(fields)
		if n < 0 {
			return badChange("truncated field")
		}
		if n > MaxElementBytes {
			return badChange("field %d has %d bytes, at most %d are allowed", field, n, MaxElementBytes)
		}
		if last >= field {
			return badChange("field %d out of order or twice", field)
		}
		last = field
		take(Element{Field: field, Bytes: fields[:n:n]})
		fields = fields[n:]
	}
	return nil
}

// NewChange builds the change of a save: it writes what differs from what seen
// shows, with the contexts that seen gives. Id, village and author are the
// caller's to add. The second result is false where nothing differs. Errors:
// ErrMalformedChange.
func NewChange(seen *State, stamp Stamp, edits []RecordEdit) (*ksv1.Change, bool, error) {
	change := &ksv1.Change{FamilyId: slices.Clone(seen.Family[:]), Stamp: stamp.Proto()}
	for _, edit := range edits {
		write, err := newWrite(seen, edit)
		if err != nil {
			return nil, false, err
		}
		if write != nil {
			change.Writes = append(change.Writes, write)
		}
	}
	return change, len(change.Writes) > 0, nil
}

func newWrite(seen *State, edit RecordEdit) (*ksv1.Write, error) {
	if err := edit.fits(); err != nil {
		return nil, err
	}
	write := &ksv1.Write{Kind: edit.Key.Kind}
	if !edit.Key.Record.IsZero() {
		write.RecordId = slices.Clone(edit.Key.Record[:])
	}
	if !edit.Key.Member.IsZero() {
		write.MemberId = slices.Clone(edit.Key.Member[:])
	}
	wire, err := edit.Encode()
	if err != nil {
		return nil, err
	}
	before := seen.Record(edit.Key)
	if before == nil && len(wire) > 0 {
		// A new record, whose fields mostly stand in order: all of it is said.
		if _, err := checkFields(wire); err == nil {
			write.Fields = wire
			return write, nil
		}
	}
	elements, err := sortedFields(wire)
	if err != nil {
		return nil, err
	}
	for _, e := range elements {
		register := before.find(e.Field)
		if register == nil || register.needsWrite(e.Bytes) || slices.Contains(edit.Rewrite, e.Field) {
			write.Fields = append(write.Fields, e.Bytes...)
			addContext(write, e.Field, register)
		}
	}
	clears := slices.Clone(edit.Clear)
	slices.Sort(clears)
	for _, field := range clears {
		register := before.find(field)
		if register != nil && (register.needsWrite(nil) || slices.Contains(edit.Rewrite, field)) {
			write.Cleared = append(write.Cleared, uint32(field))
			addContext(write, field, register)
		}
	}
	if len(write.Fields) == 0 && len(write.Cleared) == 0 {
		return nil, nil
	}
	slices.SortFunc(write.Contexts, func(a, b *ksv1.FieldContext) int { return cmp.Compare(a.GetField(), b.GetField()) })
	return write, nil
}

// sortedFields takes a marshalled message apart, ascending by field number;
// the library promises no order, and unknown fields come last.
func sortedFields(wire []byte) ([]Element, error) {
	out := make([]Element, 0, elementsRoom)
	for len(wire) > 0 {
		field, _, n := protowire.ConsumeField(wire)
		if n < 0 {
			return nil, badChange("truncated field")
		}
		out = append(out, Element{Field: field, Bytes: wire[:n:n]})
		wire = wire[n:]
	}
	slices.SortStableFunc(out, func(a, b Element) int { return cmp.Compare(a.Field, b.Field) })
	for i := 1; i < len(out); i++ {
		if out[i-1].Field == out[i].Field {
			return nil, badChange("field %d occurs twice; registers are singular", out[i].Field)
		}
	}
	return out, nil
}

// elementsRoom is about how many fields a record has.
const elementsRoom = 24

// find is Register for a record that may be nil.
func (r *Record) find(field protowire.Number) *Register {
	if r == nil {
		return nil
	}
	return r.Register(field)
}

// needsWrite tells whether writing element says something new: another value,
// or the end of a conflict.
func (r *Register) needsWrite(element []byte) bool {
	shown := r.Values[0].Element
	same := (element == nil) == (shown == nil) && string(element) == string(shown)
	return !same || len(r.Values) > 1
}

func addContext(w *ksv1.Write, field protowire.Number, register *Register) {
	if register == nil || len(register.Context) == 0 {
		return
	}
	fc := &ksv1.FieldContext{Field: uint32(field), Seen: make([]*ksv1.Stamp, 0, len(register.Context))}
	for _, s := range register.Context {
		fc.Seen = append(fc.Seen, s.Proto())
	}
	w.Contexts = append(w.Contexts, fc)
}

// StampOf reads the message; an absent one gives the zero stamp.
func StampOf(s *ksv1.Stamp) Stamp {
	return Stamp{
		TimeMS: s.GetTimeMs(), Counter: s.GetCounter(),
		Device: s.GetDevice(), Incarnation: s.GetIncarnation(),
	}
}

// Proto is the message of s.
func (s Stamp) Proto() *ksv1.Stamp {
	return &ksv1.Stamp{TimeMs: s.TimeMS, Counter: s.Counter, Device: s.Device, Incarnation: s.Incarnation}
}

// HighestStampIn is the highest stamp that the change names, its own and those
// of its contexts; it is what the five-minute limit is held against. What removals and
// withdrawals say to have seen counts only as far as it lies before that (seenBefore).
func HighestStampIn(c *ksv1.Change) Stamp {
	high := StampOf(c.GetStamp())
	for _, w := range c.GetWrites() {
		for _, fc := range w.GetContexts() {
			for _, s := range fc.GetSeen() {
				high = MaxStamp(high, StampOf(s))
			}
		}
	}
	return high
}

// ContentHash is SHA-256 over what a change says, leaving out stamps, which may
// be given anew, those too that its removals and withdrawals say to have seen: id,
// author, village, family, writes. Two changes of one id and one content hash are the same change.
func ContentHash(c *ksv1.Change) [sha256.Size]byte {
	return contentHash(c, func(w *ksv1.Write) []byte {
		// What can't be read is hashed as it is.
		fields, _ := alterAllSeen(w.GetKind(), w.GetFields(), func([]*ksv1.Stamp) []*ksv1.Stamp { return nil })
		return fields
	})
}

// FormerContentHash is the content hash as versions before took it, with the stamps that
// removals and withdrawals say to have seen: what was stored then is known by it.
func FormerContentHash(c *ksv1.Change) [sha256.Size]byte {
	return contentHash(c, (*ksv1.Write).GetFields)
}

func contentHash(c *ksv1.Change, fieldsOf func(*ksv1.Write) []byte) [sha256.Size]byte {
	var room [2048]byte // more than a family takes that is entered at one go
	b := appendMessage(room[:0], 1, c.GetId())
	b = appendVarint(b, 2, uint64(c.GetAuthor()))
	b = appendVarint(b, 3, uint64(c.GetVillage()))
	b = appendMessage(b, 4, c.GetFamilyId())
	for _, w := range c.GetWrites() {
		b = appendVarint(b, 5, uint64(w.GetKind()))
		b = appendMessage(b, 6, w.GetRecordId())
		b = appendMessage(b, 7, w.GetMemberId())
		b = appendMessage(b, 8, fieldsOf(w))
		for _, field := range w.GetCleared() {
			b = appendVarint(b, 9, uint64(field))
		}
	}
	return sha256.Sum256(b)
}

func badChange(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformedChange, fmt.Sprintf(format, args...))
}
