package ingest_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// A store that was restored may lack whom its ledger of erasures names, or their family:
// what devices offer of them again is dropped all the same, also as the name of the head,
// and the rest is taken.
func TestAMemberOfTheLedgerDoesNotComeBackWithWhatDevicesOfferAgain(t *testing.T) {
	t.Parallel()
	for name, familyThere := range map[string]bool{"family there": true, "family not there": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core, village := newCore(t)
			l := newLife(village)
			gone := merge.NewID(1, 1, 100)
			made := l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")})
			later := l.edit(t,
				merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{HeadName: proto.String("Rahasia"), Address: proto.String("Jalan Baru")}},
				merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: gone}, Set: &ksv1.Member{Name: proto.String("Rahasia")}})
			offered := []*ksv1.Change{made, later}
			if familyThere {
				commitEach(t, core, village, offered[:1], 1)
			}
			e := ingest.Erasure{Village: village, Family: l.state.Family, Member: gone, Change: merge.NewID(9, 1, 1), Device: 9, Incarnation: 1}
			if _, _, err := core.Erase(t.Context(), e); err == nil {
				t.Fatal("erased though it is not there")
			}
			e.Again = true
			for n, want := range []ingest.ErasureOutcome{ingest.OnlyMarked, ingest.ErasedBefore} {
				if _, done, err := core.Erase(t.Context(), e); err != nil || done != want {
					t.Fatalf("time %d: %v, %v", n+1, done, err)
				}
			}
			counts := func(want int64) {
				t.Helper()
				err := core.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
					v, err := snap.Village(ctx, village)
					if n := v.Collection[collection.Families]; n != want {
						t.Errorf("%d families count, not %d", n, want)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
			if familyThere {
				counts(1)
			} else {
				counts(0) // of a family that nobody has brought there is the mark alone
			}
			sender := *collector
			sender.Covers = func(_ uint32, place area.Place) bool { return place.String() == "003/007" }
			for _, c := range offered {
				receipts, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(c, &sender, time.Now().UnixMilli())})
				if err != nil || receipts[0].GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED {
					t.Errorf("%v, %v", receipts, err)
				}
			}
			counts(1)
			h := householdOf(t, core, village, l.state.Family)
			if f := h.GetFamily(); f.GetPlace() != "003/007" || f.GetAddress() != "Jalan Baru" || f.GetHeadName() == "Rahasia" {
				t.Errorf("the family is %v", f)
			}
			if m := h.GetMembers(); len(m) != 1 || m[0].GetMember().Name != nil {
				t.Errorf("the erased is here again: %v", m)
			}
			if found, err := server.Verify(t.Context(), core.Store, core.Vault.Ring(), nil); err != nil || len(found.Differences) > 0 {
				t.Errorf("%+v, %v", found, err)
			}
		})
	}
}

func householdOf(t *testing.T, core *ingest.Core, village uint32, family merge.ID) (h *ksv1.Household) {
	t.Helper()
	err := core.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.FindFamily(ctx, []uint32{village}, family)
		if err != nil {
			return err
		}
		_, _, state, err := core.Vault.ReadFamily(ctx, snap, &row)
		if err != nil {
			return err
		}
		h, err = merge.View(&state)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}
