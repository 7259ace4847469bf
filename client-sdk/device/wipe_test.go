package device

import (
	"context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

func testOptions(t *testing.T) Options {
	t.Helper()
	return Options{Path: filepath.Join(t.TempDir(), "ks.db"), Env: Env{Now: time.Now, Rand: rand.Reader}, Cost: record.MinPasswordCost}
}

// withOneSave is a store with one family, unsent.
func withOneSave(t *testing.T, o Options) (*Store, merge.ID) {
	t.Helper()
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Create(t.Context(), o, "rahasia", Profile{Device: 1, Account: 1, EscrowPublicKey: ring.EscrowPublicKey()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.PutDepositKey(t.Context(), make([]byte, 32)); err != nil {
		t.Fatal(err)
	}
	id := s.NewFamilyID()
	_, err = s.Save(t.Context(), id, 1, func(*Draft) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{HeadName: proto.String("Budi Kenari"), Place: proto.String("001/001")}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, id
}

func TestAWipeLeavesOnlyWhatIsSealedForTheServer(t *testing.T) {
	t.Parallel()
	o := testOptions(t)
	s, id := withOneSave(t, o)
	notYet := errors.New("not yet")
	if err := s.Wipe(t.Context(), func(*Sealed) error { return notYet }); !errors.Is(err, notYet) {
		t.Fatalf("a wipe that is not to be: %v", err)
	}
	if _, err := s.Family(t.Context(), id); err != nil {
		t.Fatalf("after a wipe that was not to be: %v", err)
	}
	if err := s.Wipe(t.Context(), func(sealed *Sealed) error {
		if len(sealed.Changes) != 1 {
			t.Errorf("%d changes are ready", len(sealed.Changes))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), o, "rahasia"); !errors.Is(err, ErrWiped) {
		t.Errorf("the password opens %v", err)
	}
	sealed, err := ReadSealed(t.Context(), o)
	if err != nil || len(sealed.Changes) != 1 {
		t.Errorf("sealed for the server: %+v, %v", sealed, err)
	}
}
