package ingest_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Two lives of a database made a household each under the same numbers. That of the one
// waits for a decision when that of the other has been taken; admitted, it is a household
// of its own, once.
func TestQuarantinedWorkWhoseIDIsAnothersIsAdmittedUnderItsOwnNames(t *testing.T) {
	t.Parallel()
	ctx, now := t.Context(), time.Now().UnixMilli()
	core, village := newCore(t)
	elsewhere, _ := newCore(t)
	elsewhere.Vault = core.Vault
	made := func(head string) *ksv1.Change {
		l := &life{
			village: village, state: merge.State{Family: merge.NewID(1, 1, 10)}, next: 10,
			clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now - 1000)}},
		}
		return l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: &head})
	}
	collects := &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { return true }}
	for _, c := range []struct {
		core   *ingest.Core
		head   string
		sender *ingest.Sender
		want   ksv1.ReceiptStatus
	}{
		{core, "Budi", collects, ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED},
		{elsewhere, "Siti", &ingest.Sender{Account: 1, Device: 1}, ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED},
	} {
		receipts, _, err := c.core.Commit(ctx, village, []*ingest.Incoming{ingest.Prepare(made(c.head), c.sender, now)})
		if err != nil || receipts[0].GetStatus() != c.want {
			t.Fatalf("%s: %v, %v", c.head, receipts, err)
		}
	}
	change := merge.NewID(1, 1, 11)
	var waiting store.Quarantine
	err := elsewhere.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		waiting, err = snap.FindQuarantine(ctx, change)
		return err
	})
	if err == nil {
		err = core.Store.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, village, func(v store.VillageTx) error {
				return v.Apply(ctx, &store.Commit{Village: v.Village(), Quarantine: []store.Quarantine{waiting}})
			})
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	d := ingest.Decision{Admit: true, Supervisor: 2, Villages: []uint32{village}}
	revision, err := core.Decide(ctx, change, d)
	if err != nil || revision == 0 {
		t.Fatalf("admitted under revision %d: %v", revision, err)
	}
	if again, err := core.Decide(ctx, change, d); err != nil || again != revision {
		t.Errorf("admitted again: revision %d after %d, %v", again, revision, err)
	}
	if _, err := core.Decide(ctx, change, ingest.Decision{Supervisor: 2, Villages: d.Villages}); !errors.Is(err, ingest.ErrDecidedOtherwise) {
		t.Errorf("kept out, too: %v", err)
	}
	heads := map[string]merge.ID{}
	err = core.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		rows, err := snap.FamiliesByID(ctx, village, nil, merge.ID{}, 10)
		for i := range rows {
			_, canonical, err := core.Vault.OpenCanonical(&rows[i])
			if err != nil {
				return err
			}
			shown, err := merge.Look(canonical)
			if err != nil {
				return err
			}
			heads[shown.Household.GetFamily().GetHeadName()] = rows[i].ID
		}
		if len(rows) != 2 {
			t.Errorf("%d families", len(rows))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if heads["Budi"] != merge.NewID(1, 1, 10) || heads["Siti"].IsZero() {
		t.Errorf("families: %v", heads)
	}
}
