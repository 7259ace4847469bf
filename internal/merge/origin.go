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

// NamesOrigin tells whether an edit says where a union took a record over from, which unions
// alone do.
func (e *RecordEdit) NamesOrigin() bool {
	n := originField(e.Key.Kind)
	if n == 0 {
		return false
	}
	set := e.Set != nil && e.Set.ProtoReflect().Has(e.Set.ProtoReflect().Descriptor().Fields().ByNumber(n))
	return set || slices.Contains(e.Clear, n)
}

// WithUnion tells whether a register of a record still has what a union of families wrote.
func (r *Record) WithUnion(field protowire.Number) bool {
	origin, register := r.find(originField(r.Key.Kind)), r.find(field)
	return origin != nil && register != nil && register.Shown().Stamp == origin.Shown().Stamp
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

// Origins are the records of a state that unions took over, with the accounts that wrote what
// they showed where they came from.
func Origins(s *State) map[Key][]uint32 {
	out := map[Key][]uint32{}
	for i := range s.Records {
		if o := s.Records[i].origin(); o != nil {
			out[s.Records[i].Key] = append([]uint32{o.GetAuthor()}, o.GetContributors()...)
		}
	}
	return out
}

// withOrigin says in a round or a visit of a state that it was opened there.
func withOrigin(s *State, key Key, set proto.Message) proto.Message {
	stamp, author := OpenedBy(s, key)
	origin := &ksv1.Origin{Stamp: stamp.Proto(), Author: author, Contributors: contributors(s, key)}
	out := proto.Clone(set)
	switch m := out.(type) {
	case *ksv1.Round:
		m.Origin = origin
	case *ksv1.Visit:
		m.Origin = origin
	}
	return out
}

// contributors are the accounts that wrote what a round, its parts or a visit show, or showed
// where a union took them over from; who made the union wrote nothing of that.
func contributors(s *State, key Key) (out []uint32) {
	var union Stamp
	if rec := s.Record(key); rec.origin() != nil {
		union = rec.find(originField(key.Kind)).Shown().Stamp
		out = append(out, rec.origin().GetContributors()...)
	}
	for i := range s.Records {
		if s.Records[i].Key.Record != key.Record {
			continue
		}
		for _, g := range s.Records[i].Registers {
			if v := g.Shown(); v.Stamp != union {
				out = append(out, v.Author)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
