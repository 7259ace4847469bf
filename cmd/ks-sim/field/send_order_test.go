package field

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"testing"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// TestWhatWasReturnedIsSentFirstAndWhatIsLargeLast: a link that ends soon has then
// carried what a supervisor waits for.
func TestWhatWasReturnedIsSentFirstAndWhatIsLargeLast(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	u, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
	mustSync(t, u)
	start := func(name string) clientsdk.ID {
		id, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String(name)})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	returned := start("Dikembalikan")
	if _, err := u.Submit(t.Context(), []clientsdk.ID{returned}, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	mustSync(t, s)
	if _, err := s.Return(t.Context(), returned, clientsdk.Return{Note: "lengkapi alamat"}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, s)
	mustSync(t, u)
	large, small := start("Besar"), start("Kecil")
	var random [1900]byte
	if _, err := rand.Read(random[:]); err != nil {
		t.Fatal(err)
	}
	note := hex.EncodeToString(random[:])
	var visits []clientsdk.Edit
	for range 8 {
		visits = append(visits, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindVisit, Record: u.NewID()}, Set: &ksv1.Visit{
			Date: proto.String("2026-01-02"), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_PARTIAL.Enum(), Note: proto.String(note), Advice: proto.String(note),
		}})
	}
	if _, err := u.Save(t.Context(), large, visits...); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Save(t.Context(), returned, clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Satu")}}); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	revision := map[clientsdk.ID]uint64{}
	err := f.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		for _, id := range []clientsdk.ID{returned, small, large} {
			row, err := snap.FindFamily(ctx, []uint32{village(t, u)}, id)
			if err != nil {
				return err
			}
			revision[id] = row.Revision
		}
		return nil
	})
	if err != nil || revision[returned] >= revision[small] || revision[small] >= revision[large] {
		t.Errorf("committed in the order returned %d, small %d, large %d; %v", revision[returned], revision[small], revision[large], err)
	}
}
