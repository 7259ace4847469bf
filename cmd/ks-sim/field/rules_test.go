package field

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// awaited is a log that tells when something stands in it.
type awaited struct {
	text string
	once sync.Once
	came chan struct{}
}

func (a *awaited) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(a.text)) {
		a.once.Do(func() { close(a.came) })
	}
	return len(p), nil
}

// A server whose rules are others than those by which a village was counted counts it anew
// when it starts, without anybody's doing. Until then verify says so, and holds the sums
// against the families.
func TestAServerOfOtherRulesCountsAnew(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, s store.Store) {
		counted := &awaited{text: "counted villages anew", came: make(chan struct{})}
		f, err := New(t.Context(), Options{Dir: t.TempDir(), Surveyors: 1, Store: s, Log: slog.New(slog.NewTextHandler(counted, nil))})
		if err != nil {
			t.Fatal(err)
		}
		cleanUp(t, func() {
			if err := f.Close(); err != nil {
				t.Error(err)
			}
		})
		number, id := stoppedWithOne(t, f)
		before := rowOf(t, f, number)
		if before.Rules != ingest.Rules {
			t.Fatalf("a village that this version alone has counted is of the rules %d", before.Rules)
		}
		countOtherwise(t, f, number, id)
		if is := verified(t, f); is.Older != 1 || len(is.Differences) != 0 {
			t.Errorf("of earlier rules: %d villages, differences %q", is.Older, is.Differences)
		}
		if err := f.Start(t.Context(), f.Address); err != nil {
			t.Fatal(err)
		}
		select {
		case <-counted.came:
		case <-time.After(time.Minute):
			t.Fatal("nothing is counted anew")
		}
		if after := rowOf(t, f, number); after != before {
			t.Errorf("counted anew: %+v, want %+v", after, before)
		}
		if is := verified(t, f); is.Older != 0 || len(is.Differences) != 0 {
			t.Errorf("counted anew: %d villages of earlier rules, differences %q", is.Older, is.Differences)
		}
	})
}

// stoppedWithOne has a family in a village, and the server stopped.
func stoppedWithOne(t *testing.T, f *Field) (number uint32, family clientsdk.ID) {
	t.Helper()
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	number = village(t, u)
	family, err := Interview(t.Context(), u, number, "001/001", NewGenerator(6, 320405, time.Now()).FamilyOfFour())
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if err := f.Stop(); err != nil {
		t.Fatal(err)
	}
	return number, family
}

// Sums that are not those of their families differ by whatever rules.
func TestSumsOfEarlierRulesAreVerified(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	number, id := stoppedWithOne(t, f)
	countOtherwise(t, f, number, id)
	apply(t, f, number, func(x store.VillageTx) *store.Commit {
		c := &store.Commit{Village: x.Village()}
		c.Village.Provisional.Add(iks.Pack(iks.Values{}, iks.Values{}))
		return c
	})
	if is := verified(t, f); !strings.Contains(strings.Join(is.Differences, "; "), "tally of village") {
		t.Errorf("%q", is.Differences)
	}
}

func verified(t *testing.T, f *Field) *server.Verified {
	t.Helper()
	is, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil {
		t.Fatal(err)
	}
	return is
}

func rowOf(t *testing.T, f *Field, number uint32) (row store.Village) {
	t.Helper()
	err := f.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) (err error) {
		row, err = snap.Village(ctx, number)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func apply(t *testing.T, f *Field, number uint32, commit func(x store.VillageTx) *store.Commit) {
	t.Helper()
	err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, number, func(x store.VillageTx) error { return x.Apply(ctx, commit(x)) })
	})
	if err != nil {
		t.Fatal(err)
	}
}

// countOtherwise leaves the only family of a village, and the sums of it, as rules of an
// earlier version had them that gave other values.
func countOtherwise(t *testing.T, f *Field, number uint32, id merge.ID) {
	t.Helper()
	apply(t, f, number, func(x store.VillageTx) *store.Commit {
		rows, err := x.Families(t.Context(), []merge.ID{id})
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		family := rows[0]
		family.Provisional = iks.Pack(iks.Values{iks.T, iks.T}, iks.Values{iks.T, iks.T})
		places, err := x.Places(t.Context(), []area.Place{family.Place})
		if err != nil || len(places) != 1 {
			t.Fatal(places, err)
		}
		family.Years = ""
		kept, err := family.ByYear()
		if err != nil {
			t.Fatal(err)
		}
		var years iks.YearTallies
		years.Add(kept)
		var sum iks.Tally
		sum.Add(family.Provisional)
		c := &store.Commit{Village: x.Village(), Families: []store.Family{family}, Places: places}
		c.Village.Rules, c.Village.Provisional, places[0].Provisional = 0, sum, sum
		c.Village.Years = years.Pack(&sum, &c.Village.Verified)
		places[0].Years = years.Pack(&sum, &places[0].Verified)
		return c
	})
}
