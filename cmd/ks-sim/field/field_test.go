package field

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
)

func TestTwoDevicesEditOneFamilyOfflineAndBothAreKept(t *testing.T) {
	onEachEngine(t, 2, twoDevicesEditOneFamilyOfflineAndBothAreKept)
}

func twoDevicesEditOneFamilyOfflineAndBothAreKept(t *testing.T, f *Field) {
	a, b := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
	mustSync(t, a)
	g := NewGenerator(1, 320405, time.Now())
	id, err := Interview(t.Context(), a, village(t, a), "001/001", g.Family())
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, a)
	if r := mustSync(t, b); r.Received != 1 {
		t.Fatalf("received %d families", r.Received)
	}
	key := clientsdk.Key{Kind: clientsdk.KindFamily}
	save := func(u *clientsdk.User, fam *ksv1.Family) {
		if _, err := u.Save(t.Context(), id, clientsdk.Edit{Key: key, Set: fam}); err != nil {
			t.Fatal(err)
		}
	}
	save(a, &ksv1.Family{BuildingNumber: proto.String("12A"), Address: proto.String("Jl. Lama")})
	save(b, &ksv1.Family{FamilyNumber: proto.String("2"), Address: proto.String("Jl. Baru")})
	mustSync(t, b)
	mustSync(t, a)
	mustSync(t, b)
	for name, u := range map[string]*clientsdk.User{"a": a, "b": b} {
		h, err := u.Family(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if h.Family.GetBuildingNumber() != "12A" || h.Family.GetFamilyNumber() != "2" {
			t.Fatalf("%s lost a field: %v", name, h.Family)
		}
		c, err := u.Conflicts(t.Context(), id)
		if err != nil || len(c) != 1 || len(c[0].Values) != 2 || c[0].Values[0].Stamp.Compare(c[0].Values[1].Stamp) <= 0 {
			t.Fatalf("%s: conflicts %v, %v", name, c, err)
		}
		// Which is newer is for the clocks to say; it shows, and both are kept.
		if !bytes.Contains(c[0].Values[0].Element, []byte(h.Family.GetAddress())) {
			t.Errorf("%s does not show the newer: %q", name, h.Family.GetAddress())
		}
		both := append(append([]byte{}, c[0].Values[0].Element...), c[0].Values[1].Element...)
		if !bytes.Contains(both, []byte("Jl. Lama")) || !bytes.Contains(both, []byte("Jl. Baru")) || c[0].Values[0].Author == c[0].Values[1].Author {
			t.Errorf("%s keeps %q", name, both)
		}
	}
}

func TestOfflineSignInNeedsNoServer(t *testing.T) {
	onEachEngine(t, 1, offlineSignInNeedsNoServer)
}

func offlineSignInNeedsNoServer(t *testing.T, f *Field) {
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	address := f.Address
	if err := f.Stop(); err != nil {
		t.Fatal(err)
	}
	c, err := f.Device("surveyor1")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.SignIn(t.Context(), "surveyor1", "salah sekali"); !errors.Is(err, clientsdk.ErrWrongPassword) {
		t.Fatalf("wrong password: %v", err)
	}
	u, err = c.SignIn(t.Context(), " Surveyor1 ", f.Password)
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(2, 320405, time.Now()).Family()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	if _, err := u.Sync(ctx, nil); err == nil {
		t.Fatal("sync without a server succeeds")
	}
	cancel()
	if n, _ := u.Counts(t.Context()); n.Pending != 3 {
		t.Fatalf("pending %d, want 3", n.Pending)
	}
	if err := f.Start(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if n, _ := u.Counts(t.Context()); n.Pending != 0 || n.Applied != 3 {
		t.Fatalf("counts %+v", n)
	}
}

func TestAssignmentsGrowAndShrinkOnTheDevice(t *testing.T) {
	onEachEngine(t, 2, assignmentsGrowAndShrinkOnTheDevice)
}

func assignmentsGrowAndShrinkOnTheDevice(t *testing.T, f *Field) {
	a, b := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
	mustSync(t, a)
	v := village(t, a)
	g := NewGenerator(3, 320405, time.Now())
	for _, place := range []string{"001/001", "001/001", "001/002", "002/001"} {
		if _, err := Interview(t.Context(), a, v, place, g.Family()); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, a)
	assign := func(paths ...string) {
		if err := server.Assign(t.Context(), f.Store, f.Surveyors[1].Account, paths); err != nil {
			t.Fatal(err)
		}
		mustSync(t, b)
	}
	count := func() int { _, n := b.Families(clientsdk.Query{}); return n }
	for _, step := range []struct {
		assigned []string
		want     int
	}{
		{[]string{"32.04.05.2001/001/001"}, 2}, {[]string{"32.04.05.2001/001"}, 3}, {[]string{"32.04.05.2001"}, 4},
		{[]string{"32.04.05.2001/002/001"}, 1}, {nil, 0}, {[]string{"32.04.05.2001/001/002"}, 1},
	} {
		assign(step.assigned...)
		if got := count(); got != step.want {
			t.Fatalf("assigned %v: %d families, want %d", step.assigned, got, step.want)
		}
	}
	// A family that moves between RT is fetched by one device and dropped by the
	// other.
	list, _ := a.Families(clientsdk.Query{Village: v})
	for _, s := range list {
		if s.Place.String() == "001/002" {
			edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Place: proto.String("002/001")}}
			if _, err := a.Save(t.Context(), s.ID, edit); err != nil {
				t.Fatal(err)
			}
		}
	}
	mustSync(t, a)
	mustSync(t, b)
	if got := count(); got != 0 {
		t.Fatalf("the family that moved away is still on the device (%d)", got)
	}
}

func TestWorkWithoutRightGoesToQuarantineAndCanBeAdmitted(t *testing.T) {
	onEachEngine(t, 2, workWithoutRightGoesToQuarantineAndCanBeAdmitted)
}

func workWithoutRightGoesToQuarantineAndCanBeAdmitted(t *testing.T, f *Field) {
	a, s := signIn(t, f, "surveyor1"), signIn(t, f, "supervisor")
	mustSync(t, a)
	v := village(t, a)
	if _, err := Interview(t.Context(), a, v, "001/001", NewGenerator(4, 320405, time.Now()).Family()); err != nil {
		t.Fatal(err)
	}
	if err := server.Assign(t.Context(), f.Store, f.Surveyors[0].Account, []string{"32.04.05.2001/002/001"}); err != nil {
		t.Fatal(err)
	}
	if r := mustSync(t, a); r.Quarantined != 3 {
		t.Fatalf("quarantined %d, want 3", r.Quarantined)
	}
	if r := mustSync(t, s); r.Received != 0 {
		t.Fatal("quarantined work was merged unseen")
	}
	token := restToken(t, f, "supervisor")
	var list struct {
		Changes []struct {
			ChangeID string `json:"changeId"`
		}
	}
	restGet(t, f, token, "/v1/quarantine", &list)
	if len(list.Changes) != 3 {
		t.Fatalf("queue holds %d", len(list.Changes))
	}
	for _, c := range list.Changes {
		restPost(t, f, token, "/v1/quarantine/"+c.ChangeID+":decide", `{"admit":true}`)
	}
	mustSync(t, a)
	if n, _ := a.Counts(t.Context()); n.Quarantined != 0 || n.Applied != 3 {
		t.Fatalf("after the decision: %+v", n)
	}
	mustSync(t, s)
	if _, n := s.Families(clientsdk.Query{}); n != 1 {
		t.Fatalf("supervisor sees %d families", n)
	}
}

func TestNoPlainNameOrNumberInAnyFile(t *testing.T) {
	onEachEngine(t, 1, noPlainNameOrNumberInAnyFile)
}

func noPlainNameOrNumberInAnyFile(t *testing.T, f *Field) {
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	g := NewGenerator(5, 320405, time.Now()).Family()
	const canary = "Kenariwati Rahasianingsih"
	g.People[0].Member.Name = proto.String(canary)
	g.People[0].Member.Nik = proto.Uint64(3204051203456789)
	g.Family.Nkk = proto.Uint64(3204051203987654)
	g.Family.HeadName = proto.String(canary)
	g.Round.Note = proto.String("catatan Kenariwati")
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", g); err != nil {
		t.Fatal(err)
	}
	look := func() {
		err := filepath.Walk(f.options.Dir, func(path string, info os.FileInfo, err error) error {
			if err != nil || info.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, secret := range []string{canary, "Kenariwati", "3204051203456789", "3204051203987654", "Rahasianingsih"} {
				if bytes.Contains(data, []byte(secret)) {
					t.Errorf("%s holds %q in plain", path, secret)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	look()
	mustSync(t, u)
	look()
}

func TestDashboardsSeeFiguresAndOnlyTheirOwn(t *testing.T) {
	onEachEngine(t, 2, dashboardsSeeFiguresAndOnlyTheirOwn)
}

func dashboardsSeeFiguresAndOnlyTheirOwn(t *testing.T, f *Field) {
	if err := f.AddOffice(t.Context(), "bandung", ksv1.Role_ROLE_DISTRICT, "32.04"); err != nil {
		t.Fatal(err)
	}
	if err := f.AddOffice(t.Context(), "garut", ksv1.Role_ROLE_DISTRICT, "32.05"); err != nil {
		t.Fatal(err)
	}
	a := signIn(t, f, "surveyor1")
	mustSync(t, a)
	g := NewGenerator(6, 320405, time.Now())
	for range 12 {
		if _, err := Interview(t.Context(), a, village(t, a), "001/001", g.Family()); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, a)
	if err := f.Server.Board().Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Index struct {
			Surveyed, Complete string
			Iks                string
			Coverage           []struct{ Numerator, Denominator string }
		}
	}
	district := restToken(t, f, "bandung")
	restGet(t, f, district, "/v1/areas/32.04/index", &got)
	if got.Index.Surveyed != "12" || got.Index.Iks == "" || len(got.Index.Coverage) != 12 {
		t.Fatalf("district sees %+v", got)
	}
	restGet(t, f, restToken(t, f, "supervisor"), "/v1/areas/32.04.05.2001~001~001/index", &got)
	if got.Index.Surveyed != "12" {
		t.Fatalf("RT shows %+v", got)
	}
	for _, path := range []string{"/v1/areas/32.04/index", "/v1/areas/32.04.05.2001/index", "/v1/puskesmas/" + PuskesmasCode + "/index"} {
		if status, data := rest(t, f, "GET", restToken(t, f, "garut"), path, ""); status != 404 || bytes.Contains(data, []byte("12")) {
			t.Errorf("a foreign district gets %d %s at %s", status, data, path)
		}
	}
	if status, data := rest(t, f, "GET", district, "/v1/families", ""); status != 403 {
		t.Errorf("a district lists families: %d %s", status, data)
	}
	if status, _ := rest(t, f, "GET", "", "/v1/areas/id/index", ""); status != 401 {
		t.Errorf("without a token: %d", status)
	}
	var families struct {
		Families []struct {
			FamilyID string `json:"familyId"`
		}
	}
	supervisor := restToken(t, f, "supervisor")
	restGet(t, f, supervisor, "/v1/families?area=32.04.05.2001&pageSize=5", &families)
	if len(families.Families) != 5 {
		t.Fatalf("page of %d", len(families.Families))
	}
	var history struct{ Entries []struct{ AuthorName string } }
	restGet(t, f, supervisor, "/v1/families/"+families.Families[0].FamilyID+"/history", &history)
	if len(history.Entries) != 3 || history.Entries[0].AuthorName != "surveyor1" {
		t.Fatalf("history %+v", history)
	}
}

// TestAFieldThatWasStoppedCloses: tests stop servers, and their cleanup closes them.
func TestAFieldThatWasStoppedCloses(t *testing.T) {
	t.Parallel()
	f := newField(t, 0, nil)
	if err := f.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := f.Stop(); err != nil {
		t.Errorf("stopped twice: %v", err)
	}
}
