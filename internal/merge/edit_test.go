package merge

import (
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// A register that is a message is one value: the later one replaces it, list and all.
func TestCombinedEditsReplaceAMessage(t *testing.T) {
	t.Parallel()
	columns := func(value string) *ksv1.Family {
		return &ksv1.Family{SourceColumns: &ksv1.SourceColumns{Columns: []*ksv1.SourceColumn{{Name: "survei_updated_at", Value: value}}}}
	}
	key := Key{Kind: KindFamily}
	all := Combine(RecordEdit{Key: key, Set: columns("2018")}, RecordEdit{Key: key, Set: columns("2019")})
	got := all[0].Set.(*ksv1.Family).GetSourceColumns().GetColumns()
	if len(all) != 1 || len(got) != 1 || got[0].GetValue() != "2019" {
		t.Errorf("combined: %v", all)
	}
}

// Whoever makes a change, device or server: a date is not to become a name.
func TestAChangeTakesAKindsOwnMessage(t *testing.T) {
	t.Parallel()
	key := Key{Kind: KindMember, Member: NewID(7, 1, 2)}
	edit := RecordEdit{Key: key, Set: &ksv1.Round{SurveyDate: proto.String("2026-11-11")}}
	c, _, err := NewChange(&State{Family: testFamily}, Stamp{TimeMS: 1, Device: 1}, []RecordEdit{edit})
	if !errors.Is(err, ErrMalformedChange) {
		t.Errorf("%v, %v", c, err)
	}
}
