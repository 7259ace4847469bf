package follow_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// doubled is a family entered more than once, in a village of one Puskesmas each time.
type doubled struct {
	*village
	ids     []merge.ID
	homes   []*village
	devices []*village // of whom each makes one of the families the next
}

func newDoubled(t *testing.T, s store.Store, n int) *doubled {
	t.Helper()
	here := newVillage(t, s, &ingest.Identified{})
	there := here.neighbour()
	err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: "P1", District: "32.04", Villages: []string{"32.04.05.2001", "32.04.05.2002"}}})
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &doubled{village: here}
	known := map[merge.ID]merge.State{}
	for i := range n {
		home := []*village{here, there}[i%2]
		id := home.id()
		home.save(id,
			merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/007")}},
			merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: home.id()}, Set: &ksv1.Member{Name: proto.String(fmt.Sprint("anggota ", i))}},
			merge.RecordEdit{Key: merge.Key{Kind: merge.KindRound, Record: home.id()}, Set: &ksv1.Round{SurveyDate: proto.String(fmt.Sprintf("202%d-05-17", i))}},
		)
		d.ids, d.homes = append(d.ids, id), append(d.homes, home)
		known[id] = home.families[id]
	}
	for i := range n {
		d.devices = append(d.devices, &village{
			t: t, core: here.core, clock: merge.Clock{Device: uint32(10 + i), Incarnation: 1, Last: here.clock.Last}, counter: uint64(10+i) * 1_000_000, families: maps.Clone(known),
		})
	}
	return d
}

// unite has a device, off line, make its family the next one; its two changes come.
func (d *doubled) unite(i int) {
	d.t.Helper()
	next := (i + 1) % len(d.ids)
	from, into := d.ids[i], d.ids[next]
	device := d.devices[i]
	goes, stays := device.families[from], device.families[into]
	household, err := merge.View(&stays)
	if err != nil {
		d.t.Fatal(err)
	}
	edits, err := merge.Unite(household, &goes)
	if err != nil {
		d.t.Fatal(err)
	}
	device.number = d.homes[next].number
	device.save(into, edits...)
	device.number = d.homes[i].number
	device.save(from, merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Removal: &ksv1.Removal{
		Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, KeptId: into.String(), Date: "2026-05-17", Seen: merge.SeenOf(&goes, merge.ID{}),
	}}})
}

// standing are those that count, what a household of them tells, and how many conflicts are on
// the others.
func (d *doubled) standing() (ids []merge.ID, told string, idle int) {
	d.t.Helper()
	err := d.core.Store.Read(store.AsOperator(d.t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		var surveyed int64
		for i, id := range d.ids {
			row, err := snap.FindFamily(ctx, []uint32{d.homes[i].number}, id)
			if err != nil {
				return err
			}
			if row.State != store.FamilyCounted {
				idle += row.Conflicts
				continue
			}
			_, _, state, err := d.core.Vault.OpenFamily(&row)
			if err != nil {
				return err
			}
			h, err := merge.View(&state)
			if err != nil {
				return err
			}
			var names []string
			for _, m := range h.GetMembers() {
				names = append(names, m.GetMember().GetName())
			}
			slices.Sort(names)
			ids, told = append(ids, id), fmt.Sprintf("%s; %d rounds, %d conflicts", strings.Join(names, ", "), len(h.GetRounds()), row.Conflicts)
		}
		for _, home := range d.homes[:2] {
			row, err := snap.Village(ctx, home.number)
			if err != nil {
				return err
			}
			surveyed += row.Provisional.Of(iks.Besar).Surveyed()
		}
		if surveyed != int64(len(ids)) {
			d.t.Errorf("the villages count %d families, %d stand", surveyed, len(ids))
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return ids, told, idle
}

// Families that devices off line made one in a ring are all removed once all have synced.
// Whoever follows has the one of the lowest id stand again, with all that any of them held,
// whichever order the changes come in and how often two servers have looked meanwhile.
func TestARingOfFamiliesMadeOneLeavesOne(t *testing.T) {
	t.Parallel()
	orders := [][]int{{0, 1}, {1, 0}, {0, 1, 2}, {2, 1, 0}, {1, 2, 0}}
	for _, order := range orders {
		for _, between := range []bool{false, true} {
			onEachEngine(t, fmt.Sprint(order, between), func(t *testing.T, open func() store.Store) {
				s := open()
				d := newDoubled(t, s, len(order))
				servers := []*follow.Identifiers{{Store: s, Vault: d.core.Vault, Core: d.core, Known: d.core.Identified}, {Store: s, Vault: d.core.Vault, Core: &ingest.Core{Store: s, Vault: d.core.Vault, Now: d.core.Now}}}
				look := func() {
					var wait sync.WaitGroup
					for _, f := range servers {
						wait.Go(func() {
							for range 2 {
								if err := f.Catch(t.Context()); err != nil && !errors.Is(err, store.ErrOvertaken) {
									t.Error(err)
								}
							}
						})
					}
					wait.Wait()
				}
				for _, i := range order {
					d.unite(i)
					if between {
						look()
					}
				}
				if ids, _, _ := d.standing(); !between && len(ids) != 0 {
					t.Fatalf("%d stand: this tests nothing", len(ids))
				}
				look()
				var all []string
				for i := range order {
					all = append(all, fmt.Sprint("anggota ", i))
				}
				want := fmt.Sprintf("%s; %d rounds, 0 conflicts", strings.Join(all, ", "), len(order))
				ids, told, idle := d.standing()
				if idle != 0 {
					t.Errorf("%d conflicts on those that stay removed", idle)
				}
				if lowest := slices.MinFunc(d.ids, func(a, b merge.ID) int { return bytes.Compare(a[:], b[:]) }); len(ids) != 1 || ids[0] != lowest || told != want {
					t.Errorf("%d stand, %x of %x: %s; want %s", len(ids), ids, d.ids, told, want)
				}
				before := d.villageRevisions()
				look()
				if after := d.villageRevisions(); !slices.Equal(before, after) {
					t.Errorf("it goes on: revisions %d, then %d", before, after)
				}
			})
		}
	}
}

func (d *doubled) villageRevisions() (out []uint64) {
	d.t.Helper()
	err := d.core.Store.Read(d.t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		for _, home := range d.homes[:2] {
			row, err := snap.Village(ctx, home.number)
			if err != nil {
				return err
			}
			out = append(out, row.Revision)
		}
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

// A family made another, which was made one that stands, is no ring; nor is one that leads
// to a family that is not there yet.
func TestFamiliesMadeOneInAChainStayRemoved(t *testing.T) {
	t.Parallel()
	onEachEngine(t, "chain", func(t *testing.T, open func() store.Store) {
		s := open()
		d := newDoubled(t, s, 3)
		d.unite(0)
		d.unite(1)
		catch(t, &follow.Identifiers{Store: s, Vault: d.core.Vault, Core: d.core})
		if ids, _, _ := d.standing(); len(ids) != 1 || ids[0] != d.ids[2] {
			t.Errorf("%x stand of %x", ids, d.ids)
		}
	})
}
