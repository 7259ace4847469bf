package ingest_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// What waits of a family that split off from a restricted one may be admitted in whatever
// order: the change that says where it comes from need not be the one that makes it.
func TestASplitFromARestrictedFamilyIsRestrictedWhateverIsAdmittedFirst(t *testing.T) {
	t.Parallel()
	for name, order := range map[string][]int{"as it was saved": {0, 1}, "the later edit first": {1, 0}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core, village := newCore(t)
			ctx, now := store.AsOperator(t.Context()), time.Now().UnixMilli()
			send := func(c *ksv1.Change, sender *ingest.Sender, want ksv1.ReceiptStatus) {
				t.Helper()
				receipts, _, err := core.Commit(ctx, village, []*ingest.Incoming{ingest.Prepare(c, sender, now)})
				if err != nil || receipts[0].GetStatus() != want {
					t.Fatalf("%v, %v; want %s", receipts, err, want)
				}
			}
			begin := func(family, next uint64) *life {
				return &life{
					village: village, state: merge.State{Family: merge.NewID(1, 1, family)}, next: next,
					clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now - 1000)}},
				}
			}
			from, made := begin(1, 100), begin(2, 200)
			send(from.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")}), collector, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED)
			if _, err := core.Restrict(ctx, ingest.Restriction{Village: village, Family: from.state.Family, Restricted: true}); err != nil {
				t.Fatal(err)
			}
			saved := []*ksv1.Change{
				made.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Budi"), SplitFromId: proto.String(from.state.Family.String())}),
				made.save(t, &ksv1.Family{HeadName: proto.String("Budiman")}),
			}
			for _, c := range saved {
				send(c, &ingest.Sender{Account: 1, Device: 1}, ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED)
			}
			for _, n := range order {
				d := ingest.Decision{Admit: true, Supervisor: 2, Villages: []uint32{village}}
				if _, err := core.Decide(ctx, merge.ID(saved[n].GetId()), d); err != nil {
					t.Fatal(err)
				}
			}
			err := core.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
				row, err := snap.FindFamily(ctx, []uint32{village}, made.state.Family)
				if err == nil && !row.Restricted {
					t.Error("it is shown")
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// What waited before it was noted whose members it would bring where is noted by the restriction.
func TestARestrictionNotesWhatWaitedBefore(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	ctx, now := store.AsOperator(t.Context()), time.Now().UnixMilli()
	of := func(family, next uint64) *life {
		return &life{
			village: village, state: merge.State{Family: merge.NewID(1, 1, family)}, next: next,
			clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now - 1000)}},
		}
	}
	from, made := of(1, 100), of(2, 200)
	split := made.save(t, &ksv1.Family{Place: proto.String("003/007"), SplitFromId: proto.String(from.state.Family.String())})
	for _, x := range []struct {
		change *ksv1.Change
		sender *ingest.Sender
	}{
		{from.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")}), collector},
		{split, &ingest.Sender{Account: 1, Device: 1}},
	} {
		if _, _, err := core.Commit(ctx, village, []*ingest.Incoming{ingest.Prepare(x.change, x.sender, now)}); err != nil {
			t.Fatal(err)
		}
	}
	err := core.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error {
			held, err := v.Quarantined(ctx, []merge.ID{merge.ID(split.GetId())}, nil)
			if err != nil || len(held) != 1 || held[0].From != from.state.Family || held[0].Into != made.state.Family {
				t.Fatalf("%v, %v", held, err)
			}
			held[0].From, held[0].Into = merge.ID{}, merge.ID{}
			return v.Apply(ctx, &store.Commit{Village: v.Village(), Quarantine: held})
		})
	})
	if err == nil {
		_, err = core.Restrict(ctx, ingest.Restriction{Village: village, Family: from.state.Family, Restricted: true})
	}
	if err != nil {
		t.Fatal(err)
	}
	scoped := store.WithScope(t.Context(), store.Scope{Villages: []uint32{village}})
	err = core.Store.Read(scoped, func(ctx context.Context, snap store.Snapshot) error {
		rows, err := snap.ListQuarantine(ctx, []uint32{village}, 0, merge.ID{}, 10)
		if len(rows) != 0 {
			t.Errorf("%d changes are shown", len(rows))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
