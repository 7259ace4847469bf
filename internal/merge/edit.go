package merge

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// RecordEdit is what a save sets and clears in one record.
type RecordEdit struct {
	Key Key
	// Set are the fields written; only fields that are present count.
	Set proto.Message
	// Clear are the numbers of fields set back to "absent".
	Clear []protowire.Number
	// Rewrite are the numbers of fields that are written even where they show
	// the same value already, because the write that shows it was refused.
	Rewrite []protowire.Number

	encoded []byte // Set's wire form, where Encode has made it
}

// Encode gives Set's wire form, nil where nothing is set, and keeps it for all that
// asks after: Set is not to be altered any more.
func (r *RecordEdit) Encode() ([]byte, error) {
	if r.encoded != nil || r.Set == nil {
		return r.encoded, nil
	}
	var err error
	if r.encoded, err = (proto.MarshalOptions{Deterministic: true}).Marshal(r.Set); err != nil {
		return nil, fmt.Errorf("marshal %s: %w", r.Key.Kind, err)
	}
	return r.encoded, nil
}

// fits tells whether the key is one, and what is set a message of its kind: another's would
// be stored in the fields of the same numbers. Errors: ErrMalformedChange.
func (r *RecordEdit) fits() error {
	if !r.Key.wellFormed() {
		return badChange("record of kind %s with the wrong ids", r.Key.Kind)
	}
	if r.Set == nil {
		return nil
	}
	want, got := NewRecord(r.Key.Kind).ProtoReflect().Descriptor(), r.Set.ProtoReflect().Descriptor()
	if got != want {
		return badChange("%s set in a record of kind %s", got.Name(), r.Key.Kind)
	}
	return nil
}

// CheckEdits tells whether edits that somebody else has put together can be written, each
// by itself. Errors: ErrMalformedChange, where a message is of another kind than its
// record or can't be encoded, as with text that is no UTF-8, or a field is cleared that
// the kind does not have, twice, or while it is set; and where they say what unions alone do.
func CheckEdits(edits []RecordEdit) error {
	for i := range edits {
		e := &edits[i]
		if err := e.fits(); err != nil {
			return err
		}
		if _, err := proto.Marshal(e.Set); err != nil { // not kept: it may still be added to
			return badChange("%v", err)
		}
		if e.NamesOrigin() {
			return badChange("%s: where it was taken over from is told by unions of families alone", e.Key.Kind)
		}
		fields := NewRecord(e.Key.Kind).ProtoReflect().Descriptor().Fields()
		for j, n := range e.Clear {
			switch fd := fields.ByNumber(n); {
			case fd == nil:
				return badChange("%s has no field %d to clear", e.Key.Kind, n)
			case slices.Contains(e.Clear[:j], n), e.Set != nil && e.Set.ProtoReflect().Has(fd):
				return badChange("field %d of %s written twice", n, e.Key.Kind)
			}
		}
	}
	return nil
}

// NewRecord is an empty message of a kind of record; nil for an unknown kind.
func NewRecord(kind Kind) proto.Message {
	switch kind {
	case KindFamily:
		return &ksv1.Family{}
	case KindMember:
		return &ksv1.Member{}
	case KindRound:
		return &ksv1.Round{}
	case KindIndividual:
		return &ksv1.Individual{}
	case KindVisit:
		return &ksv1.Visit{}
	default:
		return nil
	}
}

// EditOfWrite turns a write back into the edit that says the same, to be said
// again under a new stamp. Errors: ErrMalformedChange.
func EditOfWrite(w *ksv1.Write) (RecordEdit, error) {
	key, err := KeyOfWrite(w)
	if err != nil {
		return RecordEdit{}, err
	}
	elements, err := SplitFields(w.GetFields())
	if err != nil {
		return RecordEdit{}, err
	}
	edit := RecordEdit{Key: key, Set: NewRecord(key.Kind)}
	if err := proto.Unmarshal(w.GetFields(), edit.Set); err != nil {
		return RecordEdit{}, fmt.Errorf("%w: %v", ErrMalformedChange, err)
	}
	for _, e := range elements {
		edit.Rewrite = append(edit.Rewrite, e.Field)
	}
	for _, field := range w.GetCleared() {
		edit.Clear = append(edit.Clear, protowire.Number(field))
		edit.Rewrite = append(edit.Rewrite, protowire.Number(field))
	}
	return edit, nil
}

// Combine gathers edits of the same record; what a later one says wins.
func Combine(edits ...RecordEdit) []RecordEdit {
	var out []RecordEdit
	for _, e := range edits {
		i := slices.IndexFunc(out, func(o RecordEdit) bool { return o.Key == e.Key })
		if i < 0 {
			if e.Set != nil {
				e.Set = proto.Clone(e.Set)
			}
			out = append(out, e)
			continue
		}
		out[i].take(e)
	}
	return out
}

func (r *RecordEdit) take(later RecordEdit) {
	if later.Set != nil {
		if r.Set == nil {
			r.Set = NewRecord(r.Key.Kind)
		}
		r.encoded = nil
		// A field is one register, whole: a message replaces another and is not merged with it.
		into, set := r.Set.ProtoReflect(), proto.Clone(later.Set).ProtoReflect()
		set.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
			into.Set(fd, v)
			return true
		})
		into.SetUnknown(append(into.GetUnknown(), set.GetUnknown()...))
		r.Clear = slices.DeleteFunc(slices.Clone(r.Clear), func(n protowire.Number) bool {
			fd := set.Descriptor().Fields().ByNumber(n)
			return fd != nil && set.Has(fd)
		})
	}
	for _, n := range later.Clear {
		if r.Set != nil {
			r.encoded = nil
			m := r.Set.ProtoReflect()
			if fd := m.Descriptor().Fields().ByNumber(n); fd != nil {
				m.Clear(fd)
			}
		}
		if !slices.Contains(r.Clear, n) {
			r.Clear = append(r.Clear, n)
		}
	}
	r.Rewrite = append(slices.Clone(r.Rewrite), later.Rewrite...)
}

// Preview is what a family would show after edits, made by who has seen all of it.
func Preview(s *State, edits []RecordEdit) (*ksv1.Household, error) {
	stamp := s.HighestStamp()
	stamp.TimeMS, stamp.Device = stamp.TimeMS+1, max(stamp.Device, 1)
	change, differs, err := NewChange(s, stamp, edits)
	if err != nil {
		return nil, err
	}
	after := *s
	if differs {
		delta, err := FromChange(change)
		if err != nil {
			return nil, err
		}
		after = Join(*s, delta)
	}
	return View(&after)
}
