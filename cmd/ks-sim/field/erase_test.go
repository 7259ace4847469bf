package field

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

func personService(t *testing.T, f *Field) *person.Service {
	t.Helper()
	core := &ingest.Core{Store: f.Store, Vault: ingest.NewVault(f.Ring, rand.Reader), Now: time.Now}
	return &person.Service{Store: f.Store, Core: core, Now: time.Now, Rand: rand.Reader, Ledger: filepath.Join(t.TempDir(), "erasures.jsonl")}
}

func TestAnErasedFamilyAndMemberAreNowhereAndDevicesLearnOfIt(t *testing.T) {
	onEachEngine(t, 2, anErasedFamilyAndMemberAreNowhereAndDevicesLearnOfIt)
}

func anErasedFamilyAndMemberAreNowhereAndDevicesLearnOfIt(t *testing.T, f *Field) {
	ctx := store.AsOperator(t.Context())
	a, b := signIn(t, f, "surveyor1"), signIn(t, f, "surveyor2")
	mustSync(t, a)
	g := NewGenerator(77, 320405, time.Now())
	var ids []clientsdk.ID
	for range 2 {
		id, err := Interview(t.Context(), a, village(t, a), "001/001", g.Family())
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	mustSync(t, a)
	mustSync(t, b)
	s := personService(t, f)
	whole, err := s.Find(ctx, person.Selector{Family: ids[0]})
	if err != nil || len(whole) != 1 {
		t.Fatalf("found %v, %v", whole, err)
	}
	other, err := s.Find(ctx, person.Selector{Family: ids[1]})
	if err != nil {
		t.Fatal(err)
	}
	gone := other[0].Household.GetMembers()[0]
	if other[0].Member, err = merge.ParseID(gone.GetMemberId()); err != nil {
		t.Fatal(err)
	}
	// Work that was under way: of the family erased, and of both members.
	save := func(id clientsdk.ID, edits ...clientsdk.Edit) {
		if _, err := b.Save(t.Context(), id, edits...); err != nil {
			t.Fatal(err)
		}
	}
	save(ids[0], clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Terlambat")}})
	save(ids[1], clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Tetap")}},
		clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: other[0].Member}, Set: &ksv1.Member{Name: proto.String("Nama Terlambat")}})
	if done, err := s.Erase(ctx, append(whole, other...)); err != nil || done != 2 {
		t.Fatalf("erased %d: %v", done, err)
	}
	if done, err := s.Reapply(ctx, s.Ledger); err != nil || done.Lines != 2 || done.Erased+done.Marked != 0 {
		t.Fatalf("erased again %+v: %v", done, err)
	}
	mustSync(t, b)
	mustSync(t, a)
	mustSync(t, b)
	for name, u := range map[string]*clientsdk.User{"a": a, "b": b} {
		h, err := u.Family(t.Context(), ids[0])
		if err != nil || h.GetFamily().GetRemoval().GetReason() != ksv1.RemovalReason_REMOVAL_REASON_ERASED || len(h.GetMembers()) != 0 || h.GetFamily().HeadName != nil {
			t.Errorf("%s still shows %v, %v", name, h, err)
		}
		if h, err = u.Family(t.Context(), ids[1]); err != nil || h.GetFamily().GetAddress() != "Jl. Tetap" || len(h.GetMembers()) != len(other[0].Household.GetMembers()) {
			t.Errorf("%s lost more than the member: %v, %v", name, h, err)
		}
		for _, m := range h.GetMembers() {
			if m.GetMemberId() == gone.GetMemberId() && (m.GetMember().Name != nil || m.GetMember().Nik != nil) {
				t.Errorf("%s still shows the member: %v", name, m)
			}
		}
	}
	entries, err := b.Outbox(t.Context(), 100)
	if err != nil || !slices.ContainsFunc(entries, func(e clientsdk.OutboxEntry) bool { return e.Status == device.StatusErased }) {
		t.Errorf("the late change has no receipt that it was erased: %v, %v", entries, err)
	}
	found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil || len(found.Differences) > 0 {
		t.Errorf("%v, %v", found, err)
	}
	nothingLeft(t, f, s, whole[0], other[0], gone.GetMember().GetName())
}

// nothingLeft opens all that is kept of both families, and looks for the old
// salts in the files.
func nothingLeft(t *testing.T, f *Field, s *person.Service, whole, part person.Found, name string) {
	t.Helper()
	ctx := store.AsOperator(t.Context())
	err := f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		for _, was := range []person.Found{whole, part} {
			row, err := snap.FindFamily(ctx, []uint32{was.Village.Number}, was.Row.ID)
			if err != nil {
				return err
			}
			if row.Salt == was.Row.Salt || row.ApprovedPayload != nil || row.Review != nil {
				t.Errorf("family %s keeps its salt or review", was.Row.ID)
			}
			entries, err := snap.History(ctx, row.Village, row.ID, 0, 100)
			if err != nil {
				return err
			}
			for i := range entries {
				if len(entries[i].Payload) == 0 {
					continue
				}
				plain, err := s.Core.Vault.OpenHistory(row.Village, row.Salt, &entries[i])
				if err != nil {
					return err
				}
				if bytes.Contains(plain, []byte(name)) || bytes.Contains(plain, []byte("Terlambat")) {
					t.Errorf("change %s of family %s still has the name", entries[i].Change, row.ID)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	file, ok := f.Store.(*sqlite.Store)
	if !ok {
		return
	}
	if err := file.EmptyLog(ctx); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(f.options.Dir, "server.db*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, whole.Row.Salt[:]) || bytes.Contains(data, part.Row.Salt[:]) {
			t.Errorf("an old salt is still in %s", filepath.Base(path))
		}
	}
}

func TestARestrictedFamilyIsKeptAndShownToNobody(t *testing.T) {
	onEachEngine(t, 1, aRestrictedFamilyIsKeptAndShownToNobody)
}

func aRestrictedFamilyIsKeptAndShownToNobody(t *testing.T, f *Field) {
	ctx := store.AsOperator(t.Context())
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	id, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(5, 320405, time.Now()).Family())
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	s := personService(t, f)
	found, err := s.Find(ctx, person.Selector{Family: id})
	if err != nil {
		t.Fatal(err)
	}
	token := restToken(t, f, f.Supervisor)
	for _, restricted := range []bool{true, false} {
		if err := s.Restrict(ctx, found, restricted); err != nil {
			t.Fatal(err)
		}
		want := 200
		if restricted {
			want = 404
		}
		if status, data := rest(t, f, "GET", token, "/v1/families/"+id.String(), ""); status != want {
			t.Errorf("restricted %v: %d %s", restricted, status, clip(data))
		}
		if status, data := rest(t, f, "GET", token, "/v1/families", ""); status != 200 || bytes.Contains(data, []byte(id.String())) == restricted {
			t.Errorf("restricted %v: listed %s", restricted, clip(data))
		}
	}
	if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || found.Families != 1 || len(found.Differences) > 0 {
		t.Errorf("%v, %v", found, err)
	}
}

func TestARestrictedFamilyLeavesDevicesAndComesBack(t *testing.T) {
	onEachEngine(t, 1, aRestrictedFamilyLeavesDevices)
}

func aRestrictedFamilyLeavesDevices(t *testing.T, f *Field) {
	ctx := store.AsOperator(t.Context())
	surveyor, supervisor := signIn(t, f, "surveyor1"), signIn(t, f, f.Supervisor)
	mustSync(t, surveyor)
	g := NewGenerator(6, 320405, time.Now())
	var ids []clientsdk.ID
	for range 3 {
		id, err := Interview(t.Context(), surveyor, village(t, surveyor), "001/001", g.Family())
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	id := ids[1]
	mustSync(t, surveyor)
	mustSync(t, supervisor)
	s := personService(t, f)
	found, err := s.Find(ctx, person.Selector{Family: id})
	if err != nil {
		t.Fatal(err)
	}
	// Work that is under way is sent and merged, and then let go of.
	move(t, surveyor, id, "Jalan sebelum pembatasan")
	restrict := func(restricted bool) {
		t.Helper()
		if err := s.Restrict(ctx, found, restricted); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(u *clientsdk.User, want int) {
		t.Helper()
		mustSync(t, u)
		if r := mustSync(t, u); r.Differing != 0 || r.Received != 0 { // without a repair
			t.Errorf("%d RT differ, %d families came again", r.Differing, r.Received)
		}
		if n, err := u.Counts(t.Context()); err != nil || n.Pending != 0 {
			t.Errorf("unsent: %+v, %v", n, err)
		}
		held, _ := u.Families(clientsdk.Query{})
		if len(held) != want || slices.ContainsFunc(held, func(x clientsdk.Summary) bool { return x.ID == id }) != (want == len(ids)) {
			t.Errorf("%d families on the device, want %d: %+v", len(held), want, held)
		}
	}
	restrict(true)
	restrict(true) // again has no effect
	holds(supervisor, 2)
	holds(surveyor, 2)
	holds(signInOn(t, deviceOf(t, f, "baru"), f, "surveyor1"), 2)
	// What it brings of others goes on, beside the one that it does not have.
	move(t, surveyor, ids[0], "Jalan lain")
	holds(surveyor, 2)
	holds(supervisor, 2)
	restrict(false)
	holds(supervisor, 3)
	holds(surveyor, 3)
	for _, u := range []*clientsdk.User{supervisor, surveyor} {
		if h, err := u.Family(t.Context(), id); err != nil || h.GetFamily().GetAddress() != "Jalan sebelum pembatasan" {
			t.Errorf("it came back with %q, %v", h.GetFamily().GetAddress(), err)
		}
	}
	if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || found.Families != len(ids) || len(found.Differences) > 0 {
		t.Errorf("%+v, %v", found, err)
	}
}

func move(t *testing.T, u *clientsdk.User, family clientsdk.ID, address string) {
	t.Helper()
	edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String(address)}}
	if _, err := u.Save(t.Context(), family, edit); err != nil {
		t.Fatal(err)
	}
}
