package ingest_test

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/ledger"
	"github.com/keluarga-sehat/sync/server/store"
)

// apart is a family, and the one that its member Rahasia splits off to; on the server is the
// first alone.
type apart struct {
	core              *ingest.Core
	village           uint32
	old, made         *life
	member, as        merge.ID
	opens, later, and *ksv1.Change
}

func newApart(t *testing.T) *apart {
	t.Helper()
	core, village := newCore(t)
	core.Ledger = filepath.Join(t.TempDir(), "erasures.jsonl")
	x := &apart{core: core, village: village, old: lifeIn(village, 10), made: lifeIn(village, 200), member: merge.NewID(1, 1, 101), as: merge.NewID(1, 1, 201)}
	person := func(id merge.ID, name string) merge.RecordEdit {
		return merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: id}, Set: &ksv1.Member{Name: &name}}
	}
	first := x.old.edit(t, merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti"), Address: proto.String("Jalan Lama")}},
		person(merge.NewID(1, 1, 100), "Siti"), person(x.member, "Rahasia"))
	x.commit(t, collector, first)
	h, err := merge.View(&x.old.state)
	if err != nil {
		t.Fatal(err)
	}
	opens, _, err := merge.SplitOff(h, merge.Split{From: x.old.state.Family, Family: x.made.state.Family, Persons: []merge.Leaving{{Member: x.member, As: x.as}}, LastDay: "2024-05-16"})
	if err != nil {
		t.Fatal(err)
	}
	x.opens = x.made.edit(t, opens...)
	x.later = x.made.edit(t, merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007"), FamilyNumber: proto.String("12")}}, person(x.as, "Rahasia Sekali"))
	x.and = x.made.edit(t, person(merge.NewID(1, 1, 202), "Menantu"))
	return x
}

// commit commits changes in one batch.
func (x *apart) commit(t *testing.T, s *ingest.Sender, changes ...*ksv1.Change) {
	t.Helper()
	var batch []*ingest.Incoming
	for _, c := range changes {
		batch = append(batch, ingest.Prepare(proto.CloneOf(c), s, time.Now().UnixMilli()))
	}
	if _, _, err := x.core.Commit(t.Context(), x.village, batch); err != nil {
		t.Fatal(err)
	}
}

func (x *apart) erase(t *testing.T, member merge.ID) {
	t.Helper()
	e := ingest.Erasure{Village: x.village, Family: x.old.state.Family, Member: member, Change: merge.NewID(9, 1, 1), Device: 9, Incarnation: 1}
	if _, done, err := x.core.Erase(t.Context(), e); err != nil || done != ingest.ErasedNow {
		t.Fatalf("erased: %v, %v", done, err)
	}
}

func (x *apart) decide(t *testing.T, c *ksv1.Change, admit bool) {
	t.Helper()
	d := ingest.Decision{Admit: admit, Note: "Diperiksa", Supervisor: 2, Villages: []uint32{x.village}}
	if _, err := x.core.Decide(t.Context(), merge.ID(c.GetId()), d); err != nil {
		t.Fatal(err)
	}
}

// kept is all that the server keeps of the new family, waiting work included.
func (x *apart) kept(t *testing.T) string {
	t.Helper()
	var kept bytes.Buffer
	err := x.core.Store.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		kept.Reset()
		waiting, err := snap.QuarantineOf(ctx, x.village, x.made.state.Family)
		if err != nil {
			return err
		}
		for i := range waiting {
			plain, err := x.core.Vault.OpenQuarantine(&waiting[i])
			if err != nil {
				return err
			}
			kept.Write(plain)
		}
		row, err := snap.FindFamily(ctx, []uint32{x.village}, x.made.state.Family)
		if err != nil {
			return err
		}
		_, canonical, _, err := x.core.Vault.OpenFamily(&row)
		if err != nil {
			return err
		}
		kept.Write(canonical)
		return x.core.Vault.EachChange(ctx, snap, &row, func(_ *store.Entry, c *ksv1.Change, err error) error {
			for _, w := range c.GetWrites() {
				kept.Write(w.GetFields())
			}
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return kept.String()
}

// Nobody has those erased whom another's device entered, by saying that they come of the erased:
// neither at once, nor by work that waits.
func TestNobodyHasOthersErasedBySayingThatTheyComeOfTheErased(t *testing.T) {
	t.Parallel()
	for name, waits := range map[string]bool{"let in": false, "waits": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newApart(t)
			x.commit(t, collector, x.later, x.and)
			hostile := *collector
			hostile.Account, hostile.Device = 7, 7
			if waits {
				hostile.Covers = func(uint32, area.Place) bool { return false }
			}
			said := proto.CloneOf(x.opens)
			id := merge.NewID(7, 1, 1)
			said.Id = id[:]
			said.Stamp.Device = 7
			if waits {
				x.commit(t, &hostile, said)
			}
			x.erase(t, x.member)
			if !waits {
				x.commit(t, &hostile, said)
			}
			if kept := x.kept(t); !strings.Contains(kept, "Rahasia Sekali") {
				t.Errorf("who was not erased is gone: %q", kept)
			}
		})
	}
}

// Who was erased stands in a new family by work that was let in before the split was: with the
// split they are erased there, too, whichever came first, and a restore knows of it.
func TestAnErasureFollowsASplitIntoAFamilyThatIsThere(t *testing.T) {
	t.Parallel()
	outside := *collector
	outside.Covers = func(uint32, area.Place) bool { return false }
	for name, happen := range map[string]func(t *testing.T, x *apart, member merge.ID){
		"the split was kept out": func(t *testing.T, x *apart, member merge.ID) {
			x.commit(t, &outside, x.opens)
			x.decide(t, x.opens, false)
			x.commit(t, collector, x.later, x.and)
			x.erase(t, member)
		},
		"the split waits": func(t *testing.T, x *apart, member merge.ID) {
			x.commit(t, collector, x.later, x.and)
			x.commit(t, &outside, x.opens)
			x.erase(t, member)
		},
		"the split comes later": func(t *testing.T, x *apart, member merge.ID) {
			x.commit(t, collector, x.later, x.and)
			x.erase(t, member)
			x.commit(t, collector, x.opens)
		},
		"the split comes behind it at once": func(t *testing.T, x *apart, member merge.ID) {
			x.erase(t, member)
			x.commit(t, collector, x.later, x.and, x.opens)
		},
	} {
		for who, whole := range map[string]bool{"a member": false, "the family": true} {
			t.Run(name+", "+who, func(t *testing.T) {
				t.Parallel()
				x := newApart(t)
				member := x.member
				if whole {
					member = merge.ID{}
				}
				happen(t, x, member)
				kept := x.kept(t)
				if strings.Contains(kept, "Rahasia") {
					t.Error("the erased is kept in the new family")
				}
				if whole && (strings.Contains(kept, "Jalan Lama") || strings.Contains(kept, x.old.state.Family.String())) {
					t.Error("the new family tells of the erased one")
				}
				if !strings.Contains(kept, "Menantu") || !strings.Contains(kept, "12") {
					t.Error("what is nobody's who was erased is gone")
				}
				lines, _, err := ledger.Read(x.core.Ledger)
				if err != nil || len(lines) != 1 || lines[0].Family != x.made.state.Family.String() || lines[0].Member != x.as.String() || lines[0].Village != x.village {
					t.Errorf("the ledger has %+v, %v", lines, err)
				}
				if found, err := server.Verify(t.Context(), x.core.Store, x.core.Vault.Ring(), nil); err != nil || len(found.Differences) > 0 {
					t.Errorf("%+v, %v", found, err)
				}
			})
		}
	}
}

// Who is known to have come to a family by a split lives there, whatever comes of the one that
// they left.
func TestWhoStandsInAFamilyByASplitLivesOn(t *testing.T) {
	t.Parallel()
	x := newApart(t)
	x.commit(t, collector, x.opens, x.later)
	x.erase(t, merge.ID{})
	x.commit(t, collector, x.and)
	if kept := x.kept(t); !strings.Contains(kept, "Rahasia Sekali") {
		t.Error("who had split off before the erasure is gone")
	}
}

// The new family is of a batch that waits for its split: a family is erased whose split names
// who it was.
func TestAFamilyIsErasedWhoseSplitABatchWaitsFor(t *testing.T) {
	t.Parallel()
	x := newApart(t)
	outside := *collector
	outside.Covers = func(uint32, area.Place) bool { return false }
	x.commit(t, collector, x.later, x.and)
	x.commit(t, &outside, x.opens)
	id := merge.NewID(1, 1, 50)
	act, err := ingest.PrepareSubmission(&ksv1.BatchSubmission{Id: id[:], Village: x.village, Author: 1, FamilyIds: [][]byte{x.made.state.Family[:]}}, &outside)
	if err != nil {
		t.Fatal(err)
	}
	acted, _, err := x.core.Act(t.Context(), x.village, []*ingest.Act{act})
	if err != nil || len(acted[0].Receipt.GetNotQueued()) != 1 {
		t.Fatalf("%v, %v: its split should be waited for", acted, err)
	}
	x.erase(t, merge.ID{})
	if kept := x.kept(t); strings.Contains(kept, "Rahasia") || !strings.Contains(kept, "Menantu") {
		t.Errorf("kept is %q", kept)
	}
}
