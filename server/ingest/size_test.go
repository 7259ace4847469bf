package ingest_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	"github.com/keluarga-sehat/sync/internal/unraced"
	"github.com/keluarga-sehat/sync/internal/wire"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// What would make a family larger than can be read, or sent to any device, waits for a
// supervisor, who can admit some more of it; the family goes on.
func TestWhatWouldMakeAFamilyTooLargeWaits(t *testing.T) {
	unraced.Test(t)
	t.Parallel()
	large := noisy(t, 60<<10)
	for name, c := range map[string]struct {
		changes, members int // so many of so many members
		member           *ksv1.Member
		fit, admitted    int
	}{
		"records": {25, 240, &ksv1.Member{Name: proto.String("A")}, 20, 1},
		"bytes":   {12, 1, large, 8, 2},
	} {
		for way, each := range map[string]int{"one by one": 1, "at once": c.changes + 1} {
			t.Run(name+", "+way, func(t *testing.T) {
				t.Parallel()
				core, village := newCore(t)
				l := newLife(village)
				changes := []*ksv1.Change{l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")})}
				for range c.changes {
					var edits []merge.RecordEdit
					for range c.members {
						l.next++
						edits = append(edits, merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: merge.NewID(1, 1, l.next)}, Set: c.member})
					}
					changes = append(changes, l.edit(t, edits...))
				}
				applied, waits := commitEach(t, core, village, changes, each)
				if applied != 1+c.fit || len(waits) != c.changes-c.fit {
					t.Fatalf("%d changes applied and %d wait, want %d and %d", applied, len(waits), 1+c.fit, c.changes-c.fit)
				}
				d := ingest.Decision{Admit: true, Supervisor: 2, Villages: []uint32{village}}
				for n := range c.admitted {
					if _, err := core.Decide(t.Context(), waits[0], d); err != nil {
						t.Fatalf("admitting: %v", err)
					}
					waits = waits[1:]
					if applied, _ := commitEach(t, core, village, []*ksv1.Change{l.save(t, &ksv1.Family{HeadName: proto.String("Budi" + strings.Repeat("i", n))})}, 1); applied != 1 && n == 0 {
						t.Error("the next change of the family is not applied")
					}
				}
				if _, err := core.Decide(t.Context(), waits[0], d); !errors.Is(err, ingest.ErrNotAdmissible) {
					t.Errorf("admitting gave %v, want ErrNotAdmissible", err)
				}
				d.Admit, d.Note = false, "terlalu besar"
				if _, err := core.Decide(t.Context(), waits[0], d); err != nil {
					t.Errorf("keeping out: %v", err)
				}
				less := merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: merge.NewID(1, 1, 11+uint64(c.members))}, Set: noisy(t, 10)}
				if applied, _ := commitEach(t, core, village, []*ksv1.Change{l.edit(t, less)}, 1); applied != 1 {
					t.Error("a change that leaves it smaller, or adds no record, is not applied")
				}
				if _, err := core.Recompute(store.AsOperator(t.Context()), village); err != nil {
					t.Errorf("recompute: %v", err)
				}
				checkItCanBeSent(t, core, village)
			})
		}
	}
}

// A family that was filled can still be put right, or removed, by who is trusted; and no one
// change makes a family of too many records.
func TestAFullFamilyCanBeCorrected(t *testing.T) {
	unraced.Test(t)
	t.Parallel()
	core, village := newCore(t)
	l := newLife(village)
	members := func(n int) (edits []merge.RecordEdit) {
		for range n {
			l.next++
			edits = append(edits, merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: merge.NewID(1, 1, l.next)}, Set: &ksv1.Member{Sex: ksv1.Sex_SEX_MALE.Enum()}})
		}
		return edits
	}
	family := merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")}}
	before := *l
	if _, waits := commitEach(t, core, village, []*ksv1.Change{l.edit(t, append(members(merge.RoomForRecords.Records), family)...)}, 1); len(waits) != 1 {
		t.Fatal("a change of too many records is applied")
	}
	before.state.Family, before.next = merge.NewID(1, 1, 11), l.next
	*l = before
	changes := []*ksv1.Change{l.edit(t, family)}
	for range 5 {
		changes = append(changes, l.edit(t, members(merge.RoomForRecords.Records/5)...))
	}
	if applied, waits := commitEach(t, core, village, changes, 1); applied != 5 || len(waits) != 1 {
		t.Fatalf("%d changes applied, %d wait", applied, len(waits))
	}
	if applied, _ := commitEach(t, core, village, []*ksv1.Change{l.save(t, &ksv1.Family{HeadName: proto.String("Budi")})}, 1); applied != 1 {
		t.Error("a change that adds nothing waits")
	}
	removal := func(members int) (uint64, error) {
		l.next++
		return core.Correct(t.Context(), village, l.state.Family, ingest.Correction{ID: merge.NewID(0, 77, l.next), Author: 2, Edits: func(*merge.State) ([]merge.RecordEdit, error) {
			edits := []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Removal: &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE}}}}
			for n := range members {
				edits = append(edits, merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: merge.NewID(2, 1, uint64(1+n))}, Set: &ksv1.Member{Sex: ksv1.Sex_SEX_MALE.Enum()}})
			}
			return edits, nil
		}})
	}
	var invalid *ingest.InvalidCorrectionError
	if _, err := removal(2000); !errors.As(err, &invalid) || invalid.Receipt.GetReason() != ingest.ReasonFamilyTooLarge {
		t.Errorf("a correction by 2,000 members: %v", err)
	}
	if revision, err := removal(1000); err != nil || revision == 0 {
		t.Errorf("a correction by 1,000 members: revision %d, %v", revision, err)
	}
}

// newLife is one with a family that is still to be made.
func newLife(village uint32) *life {
	return &life{
		village: village, state: merge.State{Family: merge.NewID(1, 1, 10)}, next: 10,
		clock: merge.Clock{Device: 1, Incarnation: 1, Last: merge.Stamp{TimeMS: uint64(time.Now().UnixMilli() - 100_000)}},
	}
}

// noisy is a member with so many bytes that do not shrink.
func noisy(t *testing.T, bytes int) *ksv1.Member {
	t.Helper()
	noise := make([]byte, bytes)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	m := &ksv1.Member{Name: proto.String("A")}
	m.ProtoReflect().SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, 900, protowire.BytesType), noise))
	return m
}

// A device saves what the server then takes, to the byte, in whatever portions it comes; a
// large change that waits keeps no small one back.
func TestTheServerTakesWhatADeviceSaves(t *testing.T) {
	unraced.Test(t)
	t.Parallel()
	for _, each := range []int{1, 2, 7} {
		core, village := newCore(t)
		l := newLife(village)
		changes := []*ksv1.Change{l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")})}
		fit, large := 1, 0
		for n := uint64(1); len(changes) < 200; n++ {
			size := 100
			if n <= 8 || n%10 == 0 {
				size = 60 << 10
			}
			before := *l
			c := l.edit(t, merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: merge.NewID(2, 1, n)}, Set: noisy(t, size)})
			if merge.RoomFor(&before.state, &l.state).Takes(&before.state, &l.state) {
				fit++
			} else {
				large++
				before.next = l.next
				*l = before // the next does not build on it
			}
			changes = append(changes, c)
		}
		applied, waits := commitEach(t, core, village, changes, each)
		if applied != fit || len(waits) != large || large == 0 {
			t.Errorf("%d at a time: %d applied and %d wait; of %d a device saves %d", each, applied, len(waits), len(changes), fit)
		}
	}
}

// commitEach commits changes, so many at a time, and gives which wait for their family's size.
func commitEach(t *testing.T, core *ingest.Core, village uint32, changes []*ksv1.Change, each int) (applied int, waits []merge.ID) {
	t.Helper()
	for len(changes) > 0 {
		n := min(each, len(changes))
		batch := make([]*ingest.Incoming, n)
		for i := range batch {
			batch[i] = ingest.Prepare(changes[i], collector, time.Now().UnixMilli())
		}
		changes = changes[n:]
		if err := core.Anticipate(village, batch); err != nil {
			t.Fatal(err)
		}
		receipts, _, err := core.Commit(t.Context(), village, batch)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range receipts {
			switch {
			case r.GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED:
				applied++
			case r.GetStatus() == ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED && r.GetReason() == ingest.ReasonFamilyTooLarge:
				waits = append(waits, merge.ID(r.GetId()))
			default:
				t.Fatalf("receipt %v", r)
			}
		}
	}
	return applied, waits
}

// checkItCanBeSent packs the village's only family as a page of a sync, and unpacks it.
func checkItCanBeSent(t *testing.T, core *ingest.Core, village uint32) {
	t.Helper()
	var rows []store.Family
	err := core.Store.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) (err error) {
		rows, err = snap.StatesSince(ctx, village, 0, nil, 2)
		return err
	})
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d families (%v)", len(rows), err)
	}
	_, canonical, err := core.Vault.OpenCanonical(&rows[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := merge.Decode(canonical); err != nil {
		t.Error(err)
	}
	page, err := proto.Marshal(&ksv1.FeedPage{Village: village, Families: []*ksv1.FeedFamily{{State: canonical, Revision: rows[0].Revision}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range wire.Compressions() {
		up, err := wire.NewCompressor(c, wire.Downloads)
		if err != nil {
			t.Fatal(err)
		}
		down, err := wire.NewDecompressor(c, wire.Downloads)
		if err != nil {
			t.Fatal(err)
		}
		data, size, err := up.Compress(page)
		if err == nil {
			_, err = down.Decompress(data, size)
		}
		if err != nil {
			t.Errorf("%s, %d KiB: %v", c, len(page)>>10, err)
		}
	}
}

// Where not even the room for corrections is left, a decision that would close the family is
// answered, and whatever came with it is done.
func TestAFamilyWithoutRoomIsNotClosedAsMoved(t *testing.T) {
	t.Parallel()
	core, village := newCore(t)
	l := newLife(village)
	if applied, _ := commitEach(t, core, village, []*ksv1.Change{l.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")})}, 1); applied != 1 {
		t.Fatal("the family is not there")
	}
	corrections := uint64(0)
	correct := func(bytes int) error {
		corrections++
		set := noisy(t, bytes)
		_, err := core.Correct(t.Context(), village, l.state.Family, ingest.Correction{ID: merge.NewID(0, 77, corrections), Author: 2, Edits: func(*merge.State) ([]merge.RecordEdit, error) {
			return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindMember, Member: merge.NewID(2, 1, corrections)}, Set: set}}, nil
		}})
		return err
	}
	for _, bytes := range []int{60 << 10, 4 << 10, 100, 1} {
		for err := error(nil); err == nil; {
			var invalid *ingest.InvalidCorrectionError
			if err = correct(bytes); err != nil && !errors.As(err, &invalid) {
				t.Fatal(err)
			}
		}
	}
	token := make([]byte, review.TokenSize)
	err := core.TellDoubles(t.Context(), []ingest.Telling{{Village: village, Family: l.state.Family, Found: []*ksv1.Double{{Token: token, Shared: []*ksv1.SharedIdentifier{{}}}}}})
	if err != nil {
		t.Fatal(err)
	}
	supervisor := &ingest.Sender{Account: 1, Device: 1, MayReview: true, Covers: collector.Covers}
	var acts []*ingest.Act
	for n, action := range []ksv1.DuplicateAction{review.Moved, review.LivesHere} {
		act, err := ingest.PrepareDecision(&ksv1.ReviewDecision{
			VerdictId: merge.NewID(1, 1, 5000+uint64(n)).String(), Village: village, Author: 1, FamilyId: l.state.Family.String(),
			Duplicate: &ksv1.DuplicateDecision{Action: action, Tokens: [][]byte{token}},
		}, supervisor)
		if err != nil {
			t.Fatal(err)
		}
		acts = append(acts, act)
	}
	acted, _, err := core.Act(t.Context(), village, acts)
	if err != nil {
		t.Fatal(err)
	}
	if r := acted[0].Receipt; r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_NOT_APPLIED || r.GetReason() != ingest.ReasonFamilyTooLarge {
		t.Errorf("moved: %v", r)
	}
	if r := acted[1].Receipt; r.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
		t.Errorf("lives here: %v", r)
	}
}
