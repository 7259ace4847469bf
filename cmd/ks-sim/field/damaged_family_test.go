package field

import (
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/exchange"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store/storetest"
)

// severalFamilies are of one RT, saved on a device, synced and changed once more.
func severalFamilies(t *testing.T, u *clientsdk.User, n int) (ids []clientsdk.ID) {
	t.Helper()
	mustSync(t, u)
	g := NewGenerator(77, 320405, time.Now())
	for range n {
		id, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family())
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	mustSync(t, u)
	for _, id := range ids {
		rename(t, u, id, "Jl. Dua")
	}
	mustSync(t, u)
	return ids
}

func rename(t *testing.T, u *clientsdk.User, id clientsdk.ID, address string) {
	t.Helper()
	edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String(address)}}
	if _, err := u.Save(t.Context(), id, edit); err != nil {
		t.Fatal(err)
	}
}

func differences(t *testing.T, f *Field) int {
	t.Helper()
	found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil {
		t.Fatal(err)
	}
	return len(found.Differences)
}

func recompute(t *testing.T, f *Field, number uint32) (ingest.Recomputed, error) {
	t.Helper()
	core := &ingest.Core{Store: f.Store, Vault: ingest.NewVault(f.Ring, rand.Reader), Now: time.Now}
	return core.Recompute(t.Context(), number)
}

func TestADamagedFamilyIsServedFromItsHistoryAndMended(t *testing.T) {
	onEachEngine(t, 2, aDamagedFamilyIsServedFromItsHistoryAndMended)
}

func aDamagedFamilyIsServedFromItsHistoryAndMended(t *testing.T, f *Field) {
	a, b := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
	ids := severalFamilies(t, a, 4)
	number := village(t, a)
	for _, id := range ids[:2] {
		storetest.Damage(t, f.Store, number, id, "payload")
	}
	if n := differences(t, f); n != 2 {
		t.Errorf("verify names %d, want the two that do not open", n)
	}
	// Another device gets all of them, and proves that it has the same as the server.
	if r := mustSync(t, b); r.Received != 4 {
		t.Errorf("received %d families", r.Received)
	}
	h, err := b.Family(t.Context(), ids[0])
	if err != nil || h.GetFamily().GetAddress() != "Jl. Dua" {
		t.Errorf("the damaged family came as %v, %v", h.GetFamily(), err)
	}
	if file := exportAs(t, f, exchange.Export{Format: rawsurvei.CSV}); strings.Count(file, "Jl. Dua") < 4 {
		t.Errorf("exported %s", file)
	}
	// What is written to it mends it.
	rename(t, b, ids[0], "Jl. Tiga")
	mustSync(t, b)
	mustSync(t, a)
	if h, err = a.Family(t.Context(), ids[0]); err != nil || h.GetFamily().GetAddress() != "Jl. Tiga" {
		t.Errorf("the mended family came as %v, %v", h.GetFamily(), err)
	}
	if n := differences(t, f); n != 1 {
		t.Errorf("verify names %d, want the one that does not open", n)
	}
	// And so does a recompute, of which the devices see nothing.
	r, err := recompute(t, f, number)
	if err != nil || r.Mended != 1 || r.Altered != 1 || r.Sums {
		t.Errorf("recomputed %+v, %v", r, err)
	}
	if n := differences(t, f); n != 0 {
		t.Errorf("%d differences behind the recompute", n)
	}
	if r := mustSync(t, b); r.Received != 0 {
		t.Errorf("received %d families", r.Received)
	}
}

func TestAnIncompleteHistoryIsNotTakenForTheFamily(t *testing.T) {
	onEachEngine(t, 2, anIncompleteHistoryIsNotTakenForTheFamily)
}

// Where the history does not prove to lead to what is stored, nothing is served and nothing
// written: an older state would replace the newer one on devices, and pass for right.
func anIncompleteHistoryIsNotTakenForTheFamily(t *testing.T, f *Field) {
	a, b := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
	ids := severalFamilies(t, a, 3)
	number := village(t, a)
	mendState := storetest.Damage(t, f.Store, number, ids[1], "payload")
	mendHistory := storetest.EmptyNewest(t, f.Store, number, ids[1])
	before := differences(t, f)
	if before == 0 {
		t.Error("verify finds nothing")
	}
	if _, err := b.Sync(t.Context(), nil); err == nil {
		t.Error("a device gets what is not proven")
	}
	path := "/v1/families/" + ids[1].String()
	if status, data := rest(t, f, "GET", tokenFor(t, f, "supervisor"), path, ""); status != 500 || !strings.Contains(string(data), "FAMILY_DAMAGED") || !strings.Contains(string(data), "rusak di server") {
		t.Errorf("asked for it: %d %s", status, data)
	}
	if _, err := recompute(t, f, number); !ingest.OfRecord(err) {
		t.Errorf("recomputed: %v", err)
	}
	if n := differences(t, f); n != before {
		t.Errorf("%d differences, before %d", n, before)
	}
	mendHistory()
	if r := mustSync(t, b); r.Received != 3 {
		t.Errorf("received %d families", r.Received)
	}
	restGet(t, f, tokenFor(t, f, "supervisor"), path, new(any))
	mendState()
	if n := differences(t, f); n != 0 {
		t.Errorf("%d differences", n)
	}
}

func TestMendingWritesNothingWhereMoreDiffers(t *testing.T) {
	onEachEngine(t, 1, mendingWritesNothingWhereMoreDiffers)
}

func mendingWritesNothingWhereMoreDiffers(t *testing.T, f *Field) {
	a := signIn(t, f, "surveyor1")
	ids := severalFamilies(t, a, 2)
	number := village(t, a)
	core := &ingest.Core{Store: f.Store, Vault: ingest.NewVault(f.Ring, rand.Reader), Now: time.Now}
	if r, err := core.Mend(t.Context(), number); err != nil || r.Mended+r.Altered != 0 {
		t.Errorf("nothing is damaged: %+v, %v", r, err)
	}
	storetest.Damage(t, f.Store, number, ids[0], "payload")
	storetest.Miscount(t, f.Store, number, ids[1])
	if _, err := core.Mend(t.Context(), number); !errors.Is(err, ingest.ErrMoreThanDamage) {
		t.Errorf("a family is counted wrong, too: %v", err)
	}
	if n := differences(t, f); n < 2 {
		t.Errorf("%d differences: something was written", n)
	}
}

// Many that ask at once for lists of damaged families wait for nobody: a snapshot opens no
// second one.
func TestListsOfDamagedFamiliesNeedOneSnapshotEach(t *testing.T) {
	onEachEngine(t, 1, listsOfDamagedFamiliesNeedOneSnapshotEach)
}

func listsOfDamagedFamiliesNeedOneSnapshotEach(t *testing.T, f *Field) {
	a := signIn(t, f, "surveyor1")
	for _, id := range severalFamilies(t, a, 4) {
		storetest.Damage(t, f.Store, village(t, a), id, "payload")
	}
	supervisor := tokenFor(t, f, "supervisor")
	var all sync.WaitGroup
	for range 24 {
		all.Go(func() {
			for _, path := range []string{"/v1/areas/32.04.05.2001/priorities/families", "/v1/families?area=32.04.05.2001", "/v1/review/queue"} {
				if status, data := rest(t, f, "GET", supervisor, path, ""); status != 200 {
					t.Errorf("%s: %d %s", path, status, data)
				}
			}
		})
	}
	all.Wait()
}
