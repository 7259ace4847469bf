package field

import (
	"strings"
	"testing"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// A survei_id is one family, also where a later file has it in another village: it counts
// once, and our own file of both villages can be read again.
func TestAFamilyInAnotherVillageIsOneFamily(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		bring(t, f, k1("2018-02-03").of(m1, m2))
		corrected := k1("2018-02-03")
		corrected.village, corrected.updated = "3204052002", "2018-03-03 08:00:00"
		r, told := bring(t, f, corrected.of(m1, m2.removed()))
		if r.Refused != 0 || !strings.Contains(told, "stood in village 32.04.05.2001; it is closed there as moved") {
			t.Errorf("%+v, told: %s", r, told)
		}
		if got := sehatOf(t, f, 0); got != "1/1" {
			t.Errorf("corrected: %s", got)
		}
		// The file before the correction says nothing any more.
		if r, told := bring(t, f, k1("2018-02-03").of(m1, m2)); r.Older != 1 || !strings.Contains(told, "stands in village 32.04.05.2002 by a newer file") {
			t.Errorf("the older one again: %+v, told: %s", r, told)
		}
		if r, _ := bring(t, f, corrected.of(m1, m2.removed())); r.Unchanged != 1 {
			t.Errorf("the newer one again: %+v", r)
		}
		// Moved on, and back.
		bring(t, f, k1("2019-02-03").of(m1))
		for year, want := range map[int]string{0: "1/1", 2018: "1/1", 2019: "1/1"} {
			if got := sehatOf(t, f, year); got != want {
				t.Errorf("%d: %s, want %s", year, got, want)
			}
		}
		out := export(t, f)
		if strings.Contains(out, "3204052002") || strings.Count(out, "\n") != 3 {
			t.Errorf("exported:\n%s", out)
		}
		again := newField(t, 1, nil)
		if load(t, again, out, 0); export(t, again) != out {
			t.Errorf("our own file gives\n%s\nnot\n%s", export(t, again), out)
		}
	})
}

// The order of the files of two years that have a family in two villages decides nothing.
func TestFilesOfTwoVillagesInEitherOrder(t *testing.T) {
	t.Parallel()
	after := k1("2019-02-03")
	after.village = "3204052002"
	files := []string{k1("2018-02-03").of(m1, m2), after.of(m1)}
	f, g := newField(t, 1, nil), newField(t, 1, nil)
	bring(t, f, files[0], files[1])
	if r, told := bring(t, g, files[1], files[0]); r.Refused != 0 || !strings.Contains(told, "stands in village 32.04.05.2002 by a later survey") {
		t.Errorf("%+v, told: %s", r, told)
	}
	if a, b := export(t, f), export(t, g); a != b {
		t.Errorf("not equal:\n%s\n%s", a, b)
	}
	for year, want := range map[int]string{0: "1/1", 2018: "0/1", 2019: "1/1"} {
		if a, b := sehatOf(t, f, year), sehatOf(t, g, year); a != want || b != want {
			t.Errorf("%d: %s and %s, want %s", year, a, b, want)
		}
	}
}

// What each year's file said goes with a family to another village: a correction of the last year
// there takes back what that year's file said, and the earlier year's word holds again.
func TestWhatEarlierYearsSaidMovesWithTheFamily(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		after := k1("2019-02-03")
		after.village = "3204052002"
		corrected := after
		corrected.updated = "2019-03-03 08:00:00"
		bring(t, f, withColumn(k1("2018-02-03").of(m1), "survei_alamat", "Jl. Lama"), withColumn(after.of(m1), "survei_alamat", "Jl. Baru"))
		if out := export(t, f); !strings.Contains(out, "Jl. Baru") {
			t.Errorf("the later year's address; exported:\n%s", out)
		}
		once := after // as the file has the family back in the first village
		once.village, once.updated = "3204052001", "2019-02-20 08:00:00"
		bring(t, f, withColumn(once.of(m1), "survei_alamat", "Jl. Baru"), withColumn(corrected.of(m1), "survei_alamat", ""))
		if out := export(t, f); !strings.Contains(out, "Jl. Lama") || !strings.Contains(out, "3204052002") {
			t.Errorf("the earlier year's address, in the second village; exported:\n%s", out)
		}
	})
}

// What was worked on here is not taken to another village: the file is told where it stands.
func TestAFamilyWorkedOnHereIsNotMovedByAFile(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	bring(t, f, k1("2018-02-03").of(m1))
	addressMended(t, f)
	moved := k1("2019-02-03")
	moved.village = "3204052002"
	r, told := bring(t, f, moved.of(m1))
	if r.Refused != 1 || !strings.Contains(told, "survei_kelurahan_id: refused: the family stands in village 32.04.05.2001, where it was worked on") {
		t.Errorf("%+v, told: %s", r, told)
	}
	if got := sehatOf(t, f, 0); got != "1/1" {
		t.Errorf("counted %s", got)
	}
}

// A device with both villages of a family that files take to and fro holds it once, where it
// stands, and its sums are those of the server after every sync (mustSync).
func TestADeviceHoldsAFamilyThatAFileMovedOnce(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		follows := signIn(t, f, f.Supervisor)
		holds := func(u *clientsdk.User, village uint32) {
			t.Helper()
			mustSync(t, u)
			mustSync(t, u)
			list, _ := u.Families(clientsdk.Query{IncludeRemoved: true})
			if len(list) != 1 || list[0].Village != village {
				t.Errorf("held %+v, want one in village %d", list, village)
			}
		}
		moved, back := k1("2019-02-03"), k1("2020-02-03")
		moved.village = "3204052002"
		bring(t, f, k1("2018-02-03").of(m1))
		holds(follows, 1)
		bring(t, f, moved.of(m1))
		holds(follows, 2)
		bring(t, f, back.of(m1))
		holds(follows, 1)
		c, err := f.Device("new")
		if err != nil {
			t.Fatal(err)
		}
		cleanUp(t, func() {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		})
		holds(signInOn(t, c, f, f.Supervisor), 1)
		if got := sehatOf(t, f, 0); got != "1/1" {
			t.Errorf("counted %s", got)
		}
	})
}

// What waits for a verdict, or for the correction that a verdict asked for, is judged where it
// was submitted: a file does not take it away.
func TestAFamilyUnderReviewIsNotMovedByAFile(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	bring(t, f, k1("2018-02-03").of(m1))
	u, id := whoseFamily(t, f)
	if _, err := u.Submit(t.Context(), []clientsdk.ID{id}, ""); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	moved := k1("2019-02-03")
	moved.village = "3204052002"
	r, told := bring(t, f, moved.of(m1))
	if r.Refused != 1 || !strings.Contains(told, "survei_kelurahan_id: refused: the family stands in village 32.04.05.2001, where it is under review") {
		t.Errorf("%+v, told: %s", r, told)
	}
}

// What a device had not sent of a family when a file moved it stands against the closed record,
// and is settled there.
func TestWhatCameLateForAFamilyThatAFileMovedIsSettled(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		bring(t, f, k1("2018-02-03").of(m1))
		u, id := whoseFamily(t, f)
		move(t, u, id, "Jalan Betul")
		moved := k1("2019-02-03")
		moved.village = "3204052002"
		bring(t, f, moved.of(m1))
		mustSync(t, u)
		if settled := settledInPages(t, f, ""); settled != id.String() {
			t.Errorf("the pages list a conflict of %s", settled)
		}
	})
}
