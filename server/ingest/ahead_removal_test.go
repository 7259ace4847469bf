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

// A removal that was stamped ahead of the clock lists what its author had seen by other
// names on its device, in a file, and as a version sends it that leaves the list alone. It is
// the same change all the same: it has no second effect, and no second name.
func TestARemovalThatWasStampedAnewIsTheSameChange(t *testing.T) {
	t.Parallel()
	const (
		applied, duplicate = ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE
		quarantined        = ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED
	)
	outside := *collector
	outside.MayCollect = false
	for name, c := range map[string]struct {
		forms       []string
		sender      *ingest.Sender
		first, then ksv1.ReceiptStatus
	}{
		"the reply was lost": {[]string{"device", "device"}, collector, applied, duplicate},
		"a file first":       {[]string{"file", "device", "old"}, collector, applied, duplicate},
		"the device first":   {[]string{"device", "file", "old"}, collector, applied, duplicate},
		"an older version":   {[]string{"old", "device", "file"}, collector, applied, duplicate},
		"without a right":    {[]string{"device", "file", "old"}, &outside, quarantined, quarantined},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			core, village := newCore(t)
			now := time.Now().UnixMilli()
			forms := removalForms(t, core, village, now)
			for i, form := range c.forms {
				want := c.then
				if i == 0 {
					want = c.first
				}
				for _, change := range forms[form] {
					receipts, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(proto.CloneOf(change), c.sender, now)})
					if err != nil || receipts[0].GetStatus() != want {
						t.Errorf("form %d, %s: %v, %v", i, form, receipts, err)
					}
				}
			}
			if c.first == applied {
				nothingStandsAgainstTheRemoval(t, core, village)
			}
		})
	}
}

// removalForms are a family and its removal, stamped hours ahead, as its device stamps them
// anew, as the server does what came by a file, and as a device does that leaves the list.
func removalForms(t *testing.T, core *ingest.Core, village uint32, now int64) map[string][]*ksv1.Change {
	t.Helper()
	l := &life{village: village, state: merge.State{Family: merge.ID{1}}, clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now + 3*hourMS)}}}
	made := []*ksv1.Change{l.save(t, &ksv1.Family{Place: proto.String("001/001"), Address: proto.String("Jl. 1")})}
	made = append(made, l.save(t, &ksv1.Family{Removal: &ksv1.Removal{
		Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2026-01-01", Seen: merge.SeenOf(&l.state, merge.ID{}),
	}}))
	forms := map[string][]*ksv1.Change{}
	for _, form := range []string{"device", "file", "old"} {
		for _, c := range made {
			forms[form] = append(forms[form], proto.CloneOf(c))
		}
	}
	merge.Restamp(forms["device"], &merge.Clock{Device: 1, Incarnation: 1}, uint64(now), merge.Stamp{}, nil)
	if err := ingest.StampAnew(t.Context(), core.Store, core.Vault, forms["file"], uint64(now+1)); err != nil {
		t.Fatal(err)
	}
	merge.Restamp(forms["old"], &merge.Clock{Device: 1, Incarnation: 1}, uint64(now+2), merge.Stamp{}, nil)
	forms["old"][1].Writes[0].Fields = made[1].GetWrites()[0].GetFields()
	if string(forms["device"][1].GetWrites()[0].GetFields()) == string(made[1].GetWrites()[0].GetFields()) {
		t.Error("the list names the old stamp")
	}
	return forms
}

func nothingStandsAgainstTheRemoval(t *testing.T, core *ingest.Core, village uint32) {
	t.Helper()
	err := core.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.FindFamily(ctx, []uint32{village}, merge.ID{1})
		if err != nil {
			return err
		}
		_, _, state, err := core.Vault.OpenFamily(&row)
		if list := merge.Conflicts(&state); err == nil && (len(list) > 0 || merge.RemovalOf(&state, merge.ID{}) == nil) {
			t.Errorf("conflicts %v, removal %v", list, merge.RemovalOf(&state, merge.ID{}))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What a version before committed, known by a hash over what the removal says to have seen, is
// the same change when it comes again.
func TestARemovalThatAVersionBeforeTookIsTheSameChange(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	reviewer := *collector
	reviewer.MayReview = true
	taken, removal := p.takeOver(t, p.round, 301), p.removal(t)
	for _, w := range removal.GetWrites() {
		family := &ksv1.Family{}
		if err := proto.Unmarshal(w.GetFields(), family); err != nil {
			t.Fatal(err)
		}
		family.Removal.Seen = []*ksv1.Stamp{{TimeMs: p.kept.clock.Last.TimeMS - 1, Device: 1, Incarnation: 2}}
		var err error
		if w.Fields, err = (proto.MarshalOptions{Deterministic: true}).Marshal(family); err != nil {
			t.Fatal(err)
		}
	}
	former, before := merge.FormerContentHash(removal), proto.CloneOf(removal)
	before.ContentHash = former[:]
	p.send(t, &reviewer, taken, before)
	if got := p.send(t, &reviewer, removal); got[0] != ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE {
		t.Error(got)
	}
	removal.Writes[0].Cleared = append(removal.Writes[0].Cleared, 3)
	if got := p.send(t, &reviewer, removal); got[0] != ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED {
		t.Errorf("another change under its id: %v", got)
	}
}
