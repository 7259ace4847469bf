package merge

import (
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Field numbers of the registers in which imports keep what the files of several survey years
// said otherwise than is shown (ksv1.SourceYears). Only the next import reads them: no View,
// difference or conflict tells of them, for they hold numbers and names of persons that
// nothing else is known to show.
const (
	familySourceYearsField protowire.Number = 15
	memberSourceYearsField protowire.Number = 14
)

// SourceYearsField is that of a kind of record; 0: it has none.
func SourceYearsField(kind Kind) protowire.Number {
	switch kind {
	case KindFamily:
		return familySourceYearsField
	case KindMember:
		return memberSourceYearsField
	}
	return 0
}

// IsSourceYears tells whether a register is one of these.
func IsSourceYears(kind Kind, field protowire.Number) bool {
	return field != 0 && field == SourceYearsField(kind)
}

// SourceYearsOf reads a record's; nil where it has none, or none that can be read.
func SourceYearsOf(s *State, key Key) *ksv1.SourceYears {
	record := s.Record(key)
	if record == nil {
		return nil
	}
	years := &ksv1.SourceYears{}
	g := record.Register(SourceYearsField(key.Kind))
	if g == nil || !openMessage(Element{Bytes: g.Shown().Element}, years) {
		return nil
	}
	return years
}

// SetSourceYears puts them in a record of a kind that has them; nil: none.
func SetSourceYears(record proto.Message, years *ksv1.SourceYears) {
	switch m := record.(type) {
	case *ksv1.Family:
		m.SourceYears = years
	case *ksv1.Member:
		m.SourceYears = years
	}
}

// tellsSourceYears tells whether a record holds them.
func tellsSourceYears(record proto.Message) bool {
	switch m := record.(type) {
	case *ksv1.Family:
		return m.SourceYears != nil
	case *ksv1.Member:
		return m.SourceYears != nil
	}
	return false
}
