package field

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/server"
)

// givingWay is a new tree's village without families, in which a surveyor works offline until
// the old village takes its code by decree.
type givingWay struct {
	f      *Field
	client *clientsdk.Client
	user   *clientsdk.User
	// old is the village that stays, of the code taken afterwards.
	old      uint32
	families []clientsdk.ID
	changes  int
}

const oldCode, takenCode = "32.04.05.2001", "32.04.05.2002"

// giveWay has surveyor2 bring a family of the old village, and surveyor1 keep two of the
// other, submitted, unsent.
func giveWay(t *testing.T, f *Field) *givingWay {
	t.Helper()
	g := &givingWay{f: f, client: deviceOf(t, f, "surveyor1")}
	other := signIn(t, f, "surveyor2")
	mustSync(t, other)
	g.old = village(t, other)
	if _, err := Interview(t.Context(), other, g.old, "001/001", NewGenerator(3, 320405, time.Now()).Family()); err != nil {
		t.Fatal(err)
	}
	mustSync(t, other)
	g.assign(t, takenCode)
	g.user = signInOn(t, g.client, f, "surveyor1")
	mustSync(t, g.user)
	if village(t, g.user) == g.old {
		t.Fatal("both work in the same village")
	}
	b := backUpOf(t, g.client, g.user, 2)
	g.families, g.changes = b.families, b.counts.Pending
	return g
}

func (g *givingWay) assign(t *testing.T, areas ...string) {
	t.Helper()
	if err := server.Assign(t.Context(), g.f.Store, g.f.Surveyors[0].Account, areas); err != nil {
		t.Fatal(err)
	}
}

func (g *givingWay) decree(t *testing.T) {
	t.Helper()
	renumber(t, g.f, map[string]string{oldCode: takenCode})
}

// merged checks that all of the work is in the village that took the code, with that of
// before.
func (g *givingWay) merged(t *testing.T) {
	t.Helper()
	found, err := server.Verify(t.Context(), g.f.Store, g.f.Ring, nil)
	if err != nil || found.Families != 1+len(g.families) || len(found.Differences) > 0 {
		t.Errorf("at the server: %+v, %v; want %d families", found, err, 1+len(g.families))
	}
	if out := export(t, g.f); !strings.Contains(out, "3204052002") || strings.Contains(out, "3204052001") {
		t.Errorf("exported\n%s", out)
	}
}

// onDevice checks that the surveyor's device has nothing left to send, and shows the families
// in the village that took the code.
func (g *givingWay) onDevice(t *testing.T) {
	t.Helper()
	n, err := g.user.Counts(t.Context())
	if err != nil || n.Pending+n.Quarantined+n.Refused != 0 {
		t.Errorf("on the device: %+v, %v", n, err)
	}
	villages, err := g.user.Villages(t.Context())
	if err != nil || len(villages) != 1 || villages[0].GetVillage() != g.old || villages[0].GetCode() != takenCode {
		t.Errorf("villages of the device: %v, %v", villages, err)
	}
	shown, total := g.user.Families(clientsdk.Query{Village: g.old})
	if total != 1+len(g.families) {
		t.Errorf("%d families are shown there: %+v", total, shown)
	}
	for _, id := range g.families {
		if !slices.ContainsFunc(shown, func(x clientsdk.Summary) bool { return x.ID == id && !x.Unsent }) {
			t.Errorf("family %s is not among them", id)
		}
	}
}

func TestWorkOfAVillageThatGaveWayIsMergedWhereItsCodeWent(t *testing.T) {
	onEachEngine(t, 2, func(t *testing.T, f *Field) {
		g := giveWay(t, f)
		g.decree(t)
		mustSync(t, g.user)
		g.merged(t)
		g.onDevice(t)
		supervisor := restToken(t, f, f.Supervisor)
		var batches struct {
			Batches []struct{ VillageCode string }
		}
		restGet(t, f, supervisor, "/v1/review/batches", &batches)
		if len(batches.Batches) != 1 || batches.Batches[0].VillageCode != takenCode {
			t.Errorf("submitted: %+v", batches)
		}
		trail := auditEntries(t, f, administrator(t, f), "pageSize=100")
		for _, ground := range []string{"", "submission"} {
			if !slices.ContainsFunc(trail, func(e shownEntry) bool {
				return e.Entry.Kind == "AUDIT_KIND_CHANGE" && e.Entry.Account == g.f.Surveyors[0].Account && e.Entry.Ground == ground && slices.Contains(e.Entry.Subjects, "area:"+takenCode)
			}) {
				t.Errorf("the trail does not tell in which area it was brought: %+v", trail)
			}
		}
		// It goes on under the number by which the device knows the village now, and what is
		// sent again has no second effect.
		move(t, g.user, g.families[0], "Jl. Sesudah")
		mustSync(t, g.user)
		mustSync(t, g.user)
		g.merged(t)
		g.onDevice(t)
	})
}

// The village that took the code gives way in its turn, before the device is heard of.
func TestWorkIsMergedThoughTheTakerGaveWayToo(t *testing.T) {
	onEachEngine(t, 2, func(t *testing.T, f *Field) {
		g := giveWay(t, f)
		const empty, last = "32.04.05.2003", "32.04.05.2004"
		renumber(t, f, map[string]string{empty: takenCode})
		renumber(t, f, map[string]string{takenCode: last})
		renumber(t, f, map[string]string{oldCode: last})
		g.assign(t, last)
		mustSync(t, g.user)
		found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
		if err != nil || found.Families != 1+len(g.families) || len(found.Differences) > 0 {
			t.Errorf("at the server: %+v, %v", found, err)
		}
		if _, total := g.user.Families(clientsdk.Query{Village: g.old}); total != 1+len(g.families) {
			t.Errorf("%d families are shown", total)
		}
	})
}

func TestWorkOfAVillageThatGaveWayWaitsWhereItsSenderHasNoRight(t *testing.T) {
	onEachEngine(t, 2, func(t *testing.T, f *Field) {
		g := giveWay(t, f)
		g.decree(t)
		g.assign(t, "32.04.05.2003")
		mustSync(t, g.user)
		if n, err := g.user.Counts(t.Context()); err != nil || n.Quarantined != g.changes || n.Pending+n.Refused != 0 {
			t.Errorf("on the device: %+v, %v", n, err)
		}
		admitAll(t, f, restToken(t, f, f.Supervisor), g.changes)
		g.merged(t)
		g.assign(t, takenCode)
		mustSync(t, g.user)
		g.onDevice(t)
	})
}

func TestARevokedDeviceDeliversWorkOfAVillageThatGaveWay(t *testing.T) {
	onEachEngine(t, 2, func(t *testing.T, f *Field) {
		g := giveWay(t, f)
		g.decree(t)
		revokeDevice(t, f, 2)
		if _, err := g.user.Sync(t.Context(), nil); !errors.Is(err, clientsdk.ErrWiped) || strings.Contains(err.Error(), "termasuk") {
			t.Errorf("the revoked device: %v", err)
		}
		admitAll(t, f, restToken(t, f, f.Supervisor), g.changes)
		g.merged(t)
	})
}

func TestABackupFileOfAVillageThatGaveWayIsDelivered(t *testing.T) {
	onEachEngine(t, 2, func(t *testing.T, f *Field) {
		g := giveWay(t, f)
		s := supervisorWith(t, f)
		file := fileOf(t, g.user, g.changes)
		g.decree(t)
		for range 2 {
			carry(t, s, file)
			mustSync(t, s)
		}
		files, err := s.CarriedFiles(t.Context())
		if err != nil || len(files) != 1 || files[0].Applied != g.changes+1 || files[0].Quarantined+files[0].Refused != 0 {
			t.Errorf("carried: %+v, %v", files, err)
		}
		g.merged(t)
		mustSync(t, g.user)
		g.merged(t)
		g.onDevice(t)
	})
}
