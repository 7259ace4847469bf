package device

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/syncing"
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

// What an earlier version saved as one, and the server refused for its size, comes through
// with the next save.
func TestARefusedSaveThatWasTooLargeIsSaidAgainAsSeveral(t *testing.T) {
	t.Parallel()
	s, id := withOneSave(t, testOptions(t))
	var edits []merge.RecordEdit
	for n := range 70 {
		edits = append(edits, merge.RecordEdit{Key: merge.Key{Kind: merge.KindVisit, Record: merge.NewID(9, 1, uint64(1+n))}, Set: &ksv1.Visit{Note: proto.String(strings.Repeat("catatan ", 249))}})
	}
	whole, _, err := merge.NewChange(&merge.State{Family: id}, merge.Stamp{TimeMS: 1, Device: 1, Incarnation: s.identity.incarnation}, edits)
	if err != nil {
		t.Fatal(err)
	}
	err = s.transact(t.Context(), func(tx *sql.Tx) error {
		refused := s.nextID()
		whole.Id, whole.Village, whole.Author = refused[:], 1, 1
		if err := s.insertChange(t.Context(), tx, whole); err != nil {
			return err
		}
		_, err := tx.ExecContext(t.Context(), `UPDATE change SET status = ? WHERE id = ?`, StatusRefused, refused[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	changes, err := s.Save(t.Context(), id, 0, func(*Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Kenari")}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	writes := 0
	for _, c := range changes {
		if size := proto.Size(c); size > syncing.ChangeBytes {
			t.Errorf("a change of %d bytes", size)
		}
		writes += len(c.GetWrites())
	}
	if len(changes) < 2 || writes != 71 {
		t.Errorf("%d changes with %d writes", len(changes), writes)
	}
}
