package device

import (
	"errors"
	"testing"

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
