package merge

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// originField gives the number of the register that says where a union of families took a
// record over from; 0: its kind has none.
func originField(kind Kind) protowire.Number {
	switch kind {
	case KindRound:
		return 17
	case KindVisit:
		return 12
	default:
		return 0
	}
}

// OpenedBy is when a round or a visit was opened and by whose account: what the oldest value
// that it shows says, or what it said in the family from which a union took it over. (The SDK
// writes the questionnaire's version when it opens a round and never again, so that later
// corrections do not move it.) Zero for a record that is not there.
func OpenedBy(s *State, key Key) (Stamp, uint32) {
	rec := s.Record(key)
	if rec == nil {
		return Stamp{}, 0
	}
	if o := rec.origin(); o != nil {
		return StampOf(o.GetStamp()), o.GetAuthor()
	}
	var oldest Value
	for i := range rec.Registers {
		if v := rec.Registers[i].Shown(); oldest.Stamp.IsZero() || v.Stamp.Compare(oldest.Stamp) < 0 {
			oldest = v
		}
	}
	return oldest.Stamp, oldest.Author
}

// origin is what a union wrote of a record; nil: it was entered in its family.
func (r *Record) origin() *ksv1.Origin {
	g := r.find(originField(r.Key.Kind))
	if g == nil || g.Shown().Element == nil {
		return nil
	}
	element := g.Shown().Element
	_, _, n := protowire.ConsumeTag(element)
	if n < 0 {
		return nil
	}
	content, m := protowire.ConsumeBytes(element[n:])
	var o ksv1.Origin
	if m < 0 || proto.Unmarshal(content, &o) != nil {
		return nil
	}
	return &o
}

// NamesOrigin tells whether a state, such as one that a change makes, says or takes back of a
// record that a union took it over.
func NamesOrigin(s *State) bool {
	return slices.ContainsFunc(s.Records, func(r Record) bool { return r.find(originField(r.Key.Kind)) != nil })
}

// Origins are the records of a state that unions took over, with who opened them.
func Origins(s *State) map[Key]uint32 {
	out := map[Key]uint32{}
	for i := range s.Records {
		if o := s.Records[i].origin(); o != nil {
			out[s.Records[i].Key] = o.GetAuthor()
		}
	}
	return out
}

// withOrigin says in a round or a visit of a state that it was opened there.
func withOrigin(s *State, key Key, set proto.Message) proto.Message {
	stamp, author := OpenedBy(s, key)
	origin := &ksv1.Origin{Stamp: stamp.Proto(), Author: author}
	out := proto.Clone(set)
	switch m := out.(type) {
	case *ksv1.Round:
		m.Origin = origin
	case *ksv1.Visit:
		m.Origin = origin
	}
	return out
}
