package device

import (
	"errors"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// What the server would not take into a family for its size is not saved either, and the
// family can be edited as before.
func TestAFamilyDoesNotGrowBeyondWhatTheServerTakes(t *testing.T) {
	t.Parallel()
	s := openOverwritten(t)
	list, _ := s.Families(Query{})
	id := list[0].ID
	save := func(edits ...merge.RecordEdit) error {
		_, err := s.Save(t.Context(), id, 0, func(*Draft) ([]merge.RecordEdit, error) { return edits, nil })
		return err
	}
	var err error
	saves := 0
	for err == nil {
		var edits []merge.RecordEdit
		for n := range 900 {
			edits = append(edits, merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: merge.NewID(9, uint32(1+saves), uint64(1+n))}, Set: &ksv1.Member{Name: proto.String("A")}})
		}
		if err = save(edits...); err == nil {
			saves++
		}
	}
	if want := merge.RoomForRecords.Records / 900; !errors.Is(err, ErrFamilyTooLarge) || saves != want {
		t.Errorf("saved %d times, then %v; want %d", saves, err, want)
	}
	if err := save(merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{HeadName: proto.String("Budi")}}); err != nil {
		t.Errorf("an edit of what is there: %v", err)
	}
	f, err := s.Family(t.Context(), id)
	if err != nil || !f.State.Fits(merge.RoomForRecords) {
		t.Errorf("the family does not open: %v", err)
	}
}

// One that edits have made larger than what adds records may make it takes no more of them,
// and can still be edited.
func TestAFamilyThatGrewByEditsTakesNoMoreRecords(t *testing.T) {
	t.Parallel()
	s := openOverwritten(t)
	list, _ := s.Families(Query{})
	save := func(n uint64, bytes int) error {
		set := &ksv1.Member{Name: proto.String("A")}
		set.ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, 900, protowire.BytesType), make([]byte, bytes)))
		edit := merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: merge.NewID(9, 1, n)}, Set: set}
		_, err := s.Save(t.Context(), list[0].ID, 0, func(*Draft) ([]merge.RecordEdit, error) { return []merge.RecordEdit{edit}, nil })
		return err
	}
	for n := range uint64(8) {
		if err := save(n, 60<<10); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(save(8, 10), save(8, 50<<10)); err != nil {
		t.Fatal(err)
	}
	if err := save(9, 10); !errors.Is(err, ErrFamilyTooLarge) {
		t.Errorf("one more record: %v", err)
	}
	if err := save(8, 50<<10-1); err != nil {
		t.Errorf("an edit: %v", err)
	}
}
