package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// everywhere is the scope of whoever adds up all.
func everywhere(ctx context.Context) context.Context {
	return store.WithScope(ctx, store.Scope{Everywhere: true})
}

func testDaily(t *testing.T, s store.Store) {
	v := number(t, s, codeA)
	for i, day := range []int{20260101, 20260103} {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, v, func(x store.VillageTx) error {
				c := commitOf(x, 1, byte(i+1))
				c.Day = day
				c.Village.Provisional.Add(iks.Pack(iks.Values{}, iks.Values{}))
				c.Village.Years, c.Village.YearsMissing = "years", i == 0
				return x.Apply(ctx, c)
			})
		})
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for day, want := range map[int]int64{20251231: 0, 20260101: 1, 20260102: 1, 20260103: 2, 20270101: 2} {
			rows, err := snap.DailyTallies(ctx, []uint32{v}, day)
			if err != nil {
				return err
			}
			got := int64(0)
			for _, d := range rows {
				got += d.Provisional.Of(iks.Inti).Surveyed()
				if d.YearsMissing != (d.Day == 20260101) || !d.YearsMissing && d.Years != "years" {
					t.Errorf("on %d: years %q, missing %t", day, d.Years, d.YearsMissing)
				}
			}
			if got != want {
				t.Errorf("on %d: %d, want %d", day, got, want)
			}
		}
		return nil
	})
}

// commitFigures commits efforts and movements of a day under a revision of its own.
func commitFigures(t *testing.T, s store.Store, village uint32, day int, efforts []store.Effort, movements []store.Movement) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(x store.VillageTx) error {
			c := &store.Commit{Village: x.Village(), Day: day, Efforts: efforts, Movements: movements}
			c.Village.Revision++
			return x.Apply(ctx, c)
		})
	})
}

func effort(surveyor uint32, surveyed, visits int64) store.Effort {
	e := store.Effort{Surveyor: surveyor}
	e.Counts[collection.Surveyed], e.Counts[collection.Visits] = surveyed, visits
	return e
}

func testEfforts(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	commitFigures(t, s, a, 20260101, []store.Effort{effort(7, 3, 1<<40), effort(0, 1, 0)}, nil)
	commitFigures(t, s, a, 20260101, []store.Effort{effort(7, -1, 2)}, nil) // adds to what the day has
	commitFigures(t, s, a, 20260103, []store.Effort{effort(7, 10, 0)}, nil)
	commitFigures(t, s, b, 20260102, []store.Effort{effort(7, 100, 0)}, nil)
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for _, c := range []struct {
			villages []uint32
			from, to int
			want     []store.Effort
		}{
			{[]uint32{a}, 20260101, 20260101, []store.Effort{effort(0, 1, 0), effort(7, 2, 1<<40+2)}},
			{[]uint32{a, b}, 20260101, 20260103, []store.Effort{effort(0, 1, 0), effort(7, 112, 1<<40+2)}},
			{[]uint32{b}, 20260103, 20270101, nil},
			{nil, 0, 99999999, nil},
		} {
			got, err := snap.Efforts(ctx, c.villages, c.from, c.to)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%v from %d to %d: %v, want %v: %v", c.villages, c.from, c.to, got, c.want, err)
			}
		}
		return nil
	})
}

func testMovements(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	move := func(n byte, cause store.Cause, before, after iks.Packed) store.Movement {
		m := store.Movement{Family: id(n), Cause: cause, ProvisionalBefore: before, ProvisionalAfter: after, VerifiedBefore: 1 << 58, VerifiedAfter: 3}
		m.SetYears(iks.FamilyYears{{Year: 2025, Provisional: 1}, {Year: 2026, Provisional: before, Verified: 1 << 58}},
			iks.FamilyYears{{Year: 2026, Provisional: after, Verified: 3}})
		return m
	}
	commitFigures(t, s, b, 20260101, nil, []store.Movement{move(9, store.CauseNew, 0, 5)})
	commitFigures(t, s, a, 20260102, nil, []store.Movement{move(2, store.CauseNew, 0, 5), move(1, store.CauseMoved, 5, 0)})
	commitFigures(t, s, a, 20260103, nil, []store.Movement{move(1, store.CauseReturned, 0, 6)})
	// A recompute has no revision of its own: the first before and the last after hold, and
	// whom it does not name keeps what the revision has.
	again := func(day int, list ...store.Movement) {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, a, func(x store.VillageTx) error {
				return x.Apply(ctx, &store.Commit{Village: x.Village(), Day: day, Movements: list})
			})
		})
	}
	again(20260103, move(1, store.CauseRules, 6, 8), move(3, store.CauseRules, 1, 2))
	again(20260103, move(3, store.CauseRules, 2, 4))
	again(20260104, move(3, store.CauseRules, 4, 5))
	// Of an erased family it is not to be known that it moved, nor of one whose member was
	// erased; where it goes on, that is.
	again(20260104, move(5, store.CauseRules, 7, 8))
	erase := func(r store.Rewrite) {
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, a, func(x store.VillageTx) error { return x.Rewrite(ctx, &r) })
		})
	}
	erase(store.Rewrite{Family: id(2), Nobody: id(0)})
	erase(store.Rewrite{Family: id(5), Member: id(6), Nobody: id(4)})
	again(20260104, move(5, store.CauseRules, 8, 9))
	type told struct {
		village       uint32
		day           int
		family        byte
		cause         store.Cause
		before, after iks.Packed
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for _, c := range []struct {
			after, upTo int
			want        []told
		}{
			{20260101, 20260103, []told{
				{a, 20260102, 0, store.CauseNew, 0, 5}, {a, 20260102, 1, store.CauseMoved, 5, 0}, {a, 20260103, 1, store.CauseRules, 0, 8}, {a, 20260103, 3, store.CauseRules, 1, 4},
			}},
			{20260103, 20260104, []told{{a, 20260104, 3, store.CauseRules, 4, 5}, {a, 20260104, 4, store.CauseRules, 7, 8}, {a, 20260104, 5, store.CauseRules, 8, 9}}},
			{20251231, 20260101, []told{{b, 20260101, 9, store.CauseNew, 0, 5}}},
			{20260104, 20260104, nil},
		} {
			var got []told
			err := snap.MovementsBetween(ctx, []uint32{a, b}, c.after, c.upTo, func(m store.Movement) error {
				if m.VerifiedBefore != 1<<58 || m.VerifiedAfter != 3 {
					t.Errorf("verified %d to %d", m.VerifiedBefore, m.VerifiedAfter)
				}
				if err := m.In(2026, func(in *store.Movement) {
					if in.ProvisionalBefore != m.ProvisionalBefore || in.ProvisionalAfter != m.ProvisionalAfter || in.VerifiedAfter != 3 {
						t.Errorf("in 2026 %+v", in)
					}
				}); err != nil {
					return err
				}
				for n := range byte(10) {
					if m.Family == id(n) {
						got = append(got, told{m.Village, m.Day, n, m.Cause, m.ProvisionalBefore, m.ProvisionalAfter})
					}
				}
				return nil
			})
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("after %d up to %d: %v, want %v: %v", c.after, c.upTo, got, c.want, err)
			}
		}
		ended := errors.New("enough")
		if err := snap.MovementsBetween(ctx, []uint32{a}, 0, 99999999, func(store.Movement) error { return ended }); !errors.Is(err, ended) {
			t.Errorf("an error of visit: %v", err)
		}
		return nil
	})
}

// MovementsEach is what a store of before they were packed has of movements, of which
// MovementsPacked expects that they are carried over; id writes 16 bytes with that first one.
func MovementsEach(id func(first string) string) string {
	return `INSERT INTO movement (village, day, revision, family, cause, provisional_before, provisional_after, verified_before, verified_after, years) VALUES
(7, 20260102, 5, ` + id("bb") + `, 9, 0, 4611686018427387905, 2, 3, '2025:1:2:3:4;2026;'), (7, 20260102, 5, ` + id("aa") + `, 1, 0, 258, 0, 0, ''),
(7, 20260102, 6, ` + id("aa") + `, 2, 258, 0, 0, 0, '2026;'), (8, 20260102, 5, ` + id("cc") + `, 1, 1, 0, 0, 0, '')`
}

// MovementsPacked fails where they are not.
func MovementsPacked(t *testing.T, s store.Store) {
	t.Helper()
	want := []store.Movement{
		{Village: 7, Day: 20260102, Revision: 5, Family: merge.ID{0xaa}, Cause: store.CauseNew, ProvisionalAfter: 258},
		{Village: 7, Day: 20260102, Revision: 5, Family: merge.ID{0xbb}, Cause: 9, ProvisionalAfter: 1<<62 + 1, VerifiedBefore: 2, VerifiedAfter: 3, Years: "2025:1:2:3:4;2026;"},
		{Village: 7, Day: 20260102, Revision: 6, Family: merge.ID{0xaa}, Cause: 2, ProvisionalBefore: 258, Years: "2026;"},
		{Village: 8, Day: 20260102, Revision: 5, Family: merge.ID{0xcc}, Cause: store.CauseNew, ProvisionalBefore: 1},
	}
	err := s.Read(store.WithScope(t.Context(), store.Scope{Villages: []uint32{7, 8}}), func(ctx context.Context, snap store.Snapshot) error {
		var got []store.Movement
		err := snap.MovementsBetween(ctx, []uint32{7, 8}, 0, 99999999, func(m store.Movement) error {
			got = append(got, m)
			return nil
		})
		if !slices.Equal(got, want) {
			t.Errorf("%+v", got)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// testMovementsAgain has a family move several times under one revision and day: by survey
// year, too, it moved from the first state to the last, once.
func testMovementsAgain(t *testing.T, s store.Store) {
	a := number(t, s, codeA)
	state := func(altogether, of2025, of2026 iks.Packed) (iks.Packed, iks.FamilyYears) {
		var years iks.FamilyYears
		for year, values := range map[int]iks.Packed{2025: of2025, 2026: of2026} {
			if values != 0 {
				years = append(years, iks.YearValues{Year: year, Provisional: values})
			}
		}
		slices.SortFunc(years, func(x, y iks.YearValues) int { return x.Year - y.Year })
		return altogether, years
	}
	steps := [][3]iks.Packed{{0, 0, 0}, {5, 0, 5}, {6, 1, 6}, {6, 2, 6}, {2, 2, 0}, {7, 2, 7}, {8, 0, 7}}
	for n := 1; n < len(steps); n++ {
		before, was := state(steps[n-1][0], steps[n-1][1], steps[n-1][2])
		after, is := state(steps[n][0], steps[n][1], steps[n][2])
		m := store.Movement{Family: id(1), Cause: store.CauseRules, ProvisionalBefore: before, ProvisionalAfter: after}
		m.SetYears(was, is)
		write(t, s, func(ctx context.Context, tx store.Tx) error {
			return tx.InVillage(ctx, a, func(x store.VillageTx) error {
				return x.Apply(ctx, &store.Commit{Village: x.Village(), Day: 20260103, Movements: []store.Movement{m}})
			})
		})
		read(t, s, func(ctx context.Context, snap store.Snapshot) error {
			moved := map[int][]iks.Packed{}
			err := snap.MovementsBetween(ctx, []uint32{a}, 0, 99999999, func(m store.Movement) error {
				moved[0] = append(moved[0], m.ProvisionalBefore, m.ProvisionalAfter)
				return m.ByYear(func(year int, in *store.Movement) {
					moved[year] = append(moved[year], in.ProvisionalBefore, in.ProvisionalAfter)
				})
			})
			for i, year := range []int{0, 2025, 2026} {
				want := []iks.Packed{0, steps[n][i]}
				if year != 0 && steps[n][i] == 0 {
					want = nil // it is as it was
				}
				if !slices.Equal(moved[year], want) {
					t.Errorf("after %d moves, of year %d: %v, want %v", n, year, moved[year], want)
				}
			}
			return err
		})
	}
}

func testFamilyValues(t *testing.T, s store.Store) {
	a, b := number(t, s, codeA), number(t, s, codeB)
	add(t, s, a, 2001, 3)
	add(t, s, a, 1001, 2, 1)
	add(t, s, b, 1001, 4)
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, a, func(x store.VillageTx) error { return x.Restrict(ctx, id(2), true) })
	})
	err := s.Read(store.WithScope(t.Context(), store.Scope{Villages: []uint32{a, b}}), func(ctx context.Context, snap store.Snapshot) error {
		var got []byte
		err := snap.FamilyValues(ctx, []uint32{a, b}, func(f store.FamilyValue) error {
			if f.SurveyDate != 20260517 || f.Place == 0 {
				t.Errorf("%+v", f)
			}
			got = append(got, byte(f.Provisional))
			return nil
		})
		if !slices.Equal(got, []byte{1, 3, 4}) {
			t.Errorf("values %v", got)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func testAreaDays(t *testing.T, s store.Store) {
	day := func(area string, day int, families int64, causes *store.CauseSums) store.AreaDay {
		d := store.AreaDay{Area: area, Day: day, Villages: -1 << 62, Causes: causes, YearsMissing: families == 5}
		if causes != nil {
			d.Years, d.Uncounted, d.YearCauses = "years", 3, store.YearCauses{2024: causes, 2026: causes}
		}
		for range families {
			d.Provisional.Add(iks.Pack(iks.Values{iks.Y}, iks.Values{iks.T}))
		}
		d.Collection[collection.Families] = families
		return d
	}
	causes := &store.CauseSums{}
	causes.Add(&store.Movement{Cause: store.CauseRules, ProvisionalAfter: iks.Pack(iks.Values{iks.Y}, iks.Values{iks.T}), VerifiedBefore: 1 << 25})
	byYear := store.YearCauses{2024: causes, 2026: causes}
	put := func(list ...store.AreaDay) {
		t.Helper()
		err := s.Write(everywhere(t.Context()), func(ctx context.Context, tx store.Tx) error { return tx.Figures().PutAreaDays(ctx, list) })
		if err != nil {
			t.Fatal(err)
		}
	}
	put(day("32.04", 20260101, 1, nil), day("32.04", 20260102, 2, causes), day("", 20260102, 3, nil), day("32", 20260103, 4, nil))
	put(day("32.04", 20260101, 5, nil)) // instead of the first
	ask := func(scope store.Scope, q store.AreaDayQuery) (out []store.AreaDay) {
		t.Helper()
		err := s.Read(store.WithScope(t.Context(), scope), func(ctx context.Context, snap store.Snapshot) error {
			return snap.AreaDays(ctx, q, func(d *store.AreaDay) error { out = append(out, *d); return nil })
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	all := store.Scope{Everywhere: true}
	got := ask(all, store.AreaDayQuery{Areas: []string{"32.04", ""}, From: 20260101, To: 20260102, Causes: true})
	if got[0].YearsMissing || !got[1].YearsMissing || got[2].Years != "years" || got[2].Uncounted != 3 || got[1].YearCauses != nil ||
		!slices.Equal(got[2].YearCauses.Slice(), byYear.Slice()) {
		t.Errorf("by survey year %+v", got)
	}
	if len(got) != 3 || got[1].Collection[collection.Families] != 5 || got[2].Causes == nil || *got[2].Causes != *causes || got[0].Area != "" || got[0].Villages != -1<<62 {
		t.Errorf("%+v", got)
	}
	if got = ask(store.Scope{FiguresUnder: "32.04"}, store.AreaDayQuery{Areas: []string{"32.04"}, From: 20260102, To: 20260102}); len(got) != 1 || got[0].Causes != nil {
		t.Errorf("a district reads its own as %+v", got)
	}
	err := s.Write(everywhere(t.Context()), func(ctx context.Context, tx store.Tx) error { return tx.Figures().ForgetAreaDays(ctx, "32", 0) })
	if err != nil {
		t.Fatal(err)
	}
	err = s.Read(everywhere(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		if span, err := snap.AreaDaySpan(ctx, "32.04"); err != nil || span != (store.AreaDaySpan{First: 20260101, Last: 20260102, Villages: -1 << 62}) {
			t.Errorf("span %+v, %v", span, err)
		}
		if _, err := snap.AreaDaySpan(ctx, "32"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("forgotten: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Write(everywhere(t.Context()), func(ctx context.Context, tx store.Tx) error {
		return tx.Figures().ForgetAreaDays(ctx, "32.04", 20260101)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got = ask(all, store.AreaDayQuery{Areas: []string{"32.04"}, From: 0, To: 99999999}); len(got) != 1 || got[0].Day != 20260101 {
		t.Errorf("after the first day: %+v", got)
	}
}
