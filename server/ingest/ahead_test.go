package ingest_test

import (
	"context"
	"math"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

const hourMS = 60 * 60 * 1000

// The server's clock was hours ahead and is right again: what follows what it took then is
// taken, and nobody gets further ahead by it, whatever they say to have seen.
func TestWhatFollowsAStampThatIsHeldIsTaken(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	now := time.Now().UnixMilli()
	sender := &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { return true }}
	send := func(c *ksv1.Change, at int64) ksv1.ReceiptStatus {
		t.Helper()
		receipts, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(proto.CloneOf(c), sender, at)})
		if err != nil {
			t.Fatal(err)
		}
		return receipts[0].GetStatus()
	}
	const applied, ahead = ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ksv1.ReceiptStatus_RECEIPT_STATUS_CLOCK_AHEAD
	begin := func(id byte) *life {
		return &life{
			village: village, state: merge.State{Family: merge.ID{id}}, next: uint64(id) * 100,
			clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now + 3*hourMS)}},
		}
	}
	l := begin(1)
	if status := send(l.save(t, &ksv1.Family{Place: proto.String("001/001"), Address: proto.String("Jl. 1")}), now+3*hourMS); status != applied {
		t.Fatalf("while the clock is ahead: %v", status)
	}
	held := l.state.HighestStamp()
	step := func(stamp merge.Stamp, seen ...merge.Stamp) *ksv1.Change {
		t.Helper()
		address := &ksv1.Family{Address: proto.String("Jl. " + stamp.Proto().String())}
		c, _, err := merge.NewChange(&l.state, stamp, []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: address}})
		if err != nil {
			t.Fatal(err)
		}
		l.next++
		id := merge.NewID(1, 1, l.next)
		c.Id, c.Village, c.Author = id[:], village, 1
		for _, s := range seen {
			c.Writes[0].Contexts[0].Seen = append(c.Writes[0].Contexts[0].Seen, s.Proto())
		}
		return c
	}
	far := merge.Stamp{TimeMS: held.TimeMS + hourMS, Device: 2, Incarnation: 1}
	for name, c := range map[string]*ksv1.Change{
		"by its stamp":         step(merge.Stamp{TimeMS: held.TimeMS + 1, Device: 1, Incarnation: 1}),
		"by what it says seen": step(merge.Stamp{TimeMS: far.TimeMS, Counter: 1, Device: 1, Incarnation: 1}, far),
		"of another family":    begin(2).save(t, &ksv1.Family{Place: proto.String("001/001")}),
	} {
		if status := send(c, now); status != ahead {
			t.Errorf("who gets ahead %s: %v", name, status)
		}
	}
	for _, stamp := range []merge.Stamp{
		{TimeMS: held.TimeMS, Counter: held.Counter + 1, Device: 1, Incarnation: 1},
		{TimeMS: held.TimeMS, Counter: math.MaxUint32, Device: 1, Incarnation: 1},
		{TimeMS: held.TimeMS + 1, Device: 1, Incarnation: 1}, // no room is left
	} {
		c := step(stamp)
		if status := send(c, now); status != applied {
			t.Errorf("what follows, %v: %v", stamp, status)
		}
		delta, err := merge.FromChange(c)
		if err != nil {
			t.Fatal(err)
		}
		l.state = merge.Join(l.state, delta)
	}
}

// A file's changes have nobody to stamp them anew but the server.
func TestWhatCameByAFileIsStampedAfterWhatIsHeld(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	now := time.Now().UnixMilli()
	sender := &ingest.Sender{Account: 1, Device: 1, MayCollect: true, Covers: func(uint32, area.Place) bool { return true }}
	l := &life{village: village, state: merge.State{Family: merge.ID{1}}, clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(now + 3*hourMS)}}}
	first := l.save(t, &ksv1.Family{Place: proto.String("001/001"), Address: proto.String("Jl. 1")})
	if _, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(first, sender, now+3*hourMS)}); err != nil {
		t.Fatal(err)
	}
	changes := []*ksv1.Change{nil, l.save(t, &ksv1.Family{Address: proto.String("Jl. 2")}), nil, l.save(t, &ksv1.Family{Address: proto.String("Jl. 3")})}
	if err := ingest.StampAnew(t.Context(), core.Store, core.Vault, changes, uint64(now)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*ksv1.Change{changes[1], changes[3]} {
		receipts, _, err := core.Commit(t.Context(), village, []*ingest.Incoming{ingest.Prepare(c, sender, now)})
		if err != nil || receipts[0].GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
			t.Errorf("%v, %v", receipts, err)
		}
	}
	err := core.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.FindFamily(ctx, []uint32{village}, merge.ID{1})
		if err != nil {
			return err
		}
		_, _, state, err := core.Vault.OpenFamily(&row)
		if h, _ := merge.View(&state); err == nil && (h.GetFamily().GetAddress() != "Jl. 3" || len(merge.Conflicts(&state)) > 0) {
			t.Errorf("shows %v, conflicts %v", h.GetFamily(), merge.Conflicts(&state))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
