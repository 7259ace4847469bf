package field

import (
	"bytes"
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/store"
)

// secretName is a name that erasure has to reach.
const secretName = "Rahasia Sekali"

// saveSecret saves the name of the family's first member, and that of a street.
func saveSecret(t *testing.T, u *clientsdk.User, id clientsdk.ID, name string) clientsdk.ID {
	t.Helper()
	h, err := u.Family(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	member, err := clientsdk.ParseID(h.GetMembers()[0].GetMemberId())
	if err != nil {
		t.Fatal(err)
	}
	_, err = u.Save(t.Context(), id,
		clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Tetap")}},
		clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindMember, Member: member}, Set: &ksv1.Member{Name: proto.String(name)}})
	if err != nil {
		t.Fatal(err)
	}
	return member
}

// onBoth is a family that a asked, and that b holds, too.
func onBoth(t *testing.T, a, b *clientsdk.User) clientsdk.ID {
	t.Helper()
	mustSync(t, a)
	id, err := Interview(t.Context(), a, village(t, a), "001/001", NewGenerator(77, 320405, time.Now()).Family())
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, a)
	mustSync(t, b)
	return id
}

// alterFile changes a device's database behind its program's back, while that is closed.
func alterFile(t *testing.T, f *Field, user string, statements ...string) {
	t.Helper()
	db := deviceFile(t, f, user)
	for _, statement := range statements {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// deviceFile opens a user's database on the own device.
func deviceFile(t *testing.T, f *Field, user string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(f.options.Dir, "device-"+user, "ks-"+user+".db"))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// assign gives a surveyor other RT.
func assign(t *testing.T, f *Field, account uint32, places ...string) {
	t.Helper()
	err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		a, err := tx.Snapshot().FindAccount(ctx, account)
		if err == nil {
			a.Assigned = places
			_, err = tx.Directory().PutAccount(ctx, a)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// eraseFamily erases a family, or its member.
func eraseFamily(t *testing.T, f *Field, id, member clientsdk.ID) {
	t.Helper()
	s := personService(t, f)
	found, err := s.Find(store.AsOperator(t.Context()), person.Selector{Family: id})
	if err != nil || len(found) != 1 {
		t.Fatalf("found %d: %v", len(found), err)
	}
	found[0].Member = member
	if done, err := s.Erase(store.AsOperator(t.Context()), found); err != nil || done != 1 {
		t.Fatalf("erased %d: %v", done, err)
	}
}

// saysNothingOfTheErased checks all that the device hands out.
func saysNothingOfTheErased(t *testing.T, u *clientsdk.User, id clientsdk.ID) []clientsdk.OutboxEntry {
	t.Helper()
	h, _ := u.Family(t.Context(), id)
	if strings.Contains(h.String(), secretName) {
		t.Errorf("the name is still shown: %v", h)
	}
	entries, err := u.Outbox(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		// The fields of a write are bytes on the wire, in which text stands as it is.
		if strings.Contains(e.Change.String(), secretName) {
			t.Errorf("the outbox hands the name out: status %d, %v", e.Status, e.Change)
		}
	}
	if n, err := u.Counts(t.Context()); err != nil || n.Quarantined+n.Pending+n.Refused != 0 {
		t.Errorf("something still waits: %+v, %v", n, err)
	}
	return entries
}

func TestWhatWaitsForADecisionOnAnErasedFamilyWaitsNoMore(t *testing.T) {
	onEachEngine(t, 2, whatWaitsForADecisionOnAnErasedFamily)
}

// The device does not hold the family any more, whose RT was taken away, so that no mark
// comes; and what it had sent before then, and the server applied, goes too.
func whatWaitsForADecisionOnAnErasedFamily(t *testing.T, f *Field) {
	a := signIn(t, f, "surveyor1")
	c := deviceOf(t, f, "surveyor2")
	b := signInOn(t, c, f, "surveyor2")
	id := onBoth(t, a, b)
	saveSecret(t, b, id, secretName+" dahulu")
	mustSync(t, b)
	saveSecret(t, b, id, secretName)
	assign(t, f, f.Surveyors[1].Account, "32.04.05.2001/009/009")
	mustSync(t, b)
	mustSync(t, b)
	if n, err := b.Counts(t.Context()); err != nil || n.Quarantined != 1 || n.Applied != 1 {
		t.Fatalf("nothing waits: %+v, %v", n, err)
	}
	eraseFamily(t, f, id, clientsdk.ID{})
	mustSync(t, b)
	for _, e := range saysNothingOfTheErased(t, b, id) {
		if e.Status != device.StatusErased {
			t.Errorf("change %s stands as %d", e.ChangeID, e.Status)
		}
	}
	line, err := b.DayLine(t.Context())
	if err != nil || strings.Contains(line, "supervisor") {
		t.Errorf("%q, %v", line, err)
	}
	// The chain of own work holds.
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b = signInOn(t, c, f, "surveyor2")
	if b.Loss() != nil {
		t.Errorf("a loss is told: %+v", b.Loss())
	}
	mustSync(t, b)
	saysNothingOfTheErased(t, b, id)
}

func TestOwnWorkThatWasAppliedIsErasedWithItsFamily(t *testing.T) {
	onEachEngine(t, 1, ownWorkThatWasApplied)
}

func ownWorkThatWasApplied(t *testing.T, f *Field) {
	c := deviceOf(t, f, "surveyor1")
	u := signInOn(t, c, f, "surveyor1")
	mustSync(t, u)
	id, _, err := u.StartFamily(t.Context(), village(t, u), "001/001", &ksv1.Family{HeadName: proto.String(secretName)})
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	eraseFamily(t, f, id, clientsdk.ID{})
	mustSync(t, u)
	if e := saysNothingOfTheErased(t, u, id); len(e) != 1 || e[0].Status != device.StatusErased {
		t.Errorf("the outbox has %v", e)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	if u = signInOn(t, c, f, "surveyor1"); u.Loss() != nil {
		t.Errorf("a loss is told: %+v", u.Loss())
	}
	mustSync(t, u)
}

func TestOwnWorkLosesAnErasedMemberAndIsKnownAgain(t *testing.T) {
	onEachEngine(t, 1, ownWorkLosesAnErasedMember)
}

// What is left of a change is offered again to a server that may have lost it, and has no
// second effect on one that has not.
func ownWorkLosesAnErasedMember(t *testing.T, f *Field) {
	c := deviceOf(t, f, "surveyor1")
	u := signInOn(t, c, f, "surveyor1")
	mustSync(t, u)
	id, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(78, 320405, time.Now()).FamilyOfFour())
	if err != nil {
		t.Fatal(err)
	}
	member := saveSecret(t, u, id, secretName)
	mustSync(t, u)
	before, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil {
		t.Fatal(err)
	}
	eraseFamily(t, f, id, member)
	mustSync(t, u)
	left := func() {
		t.Helper()
		for _, e := range saysNothingOfTheErased(t, u, id) {
			if e.Status != device.StatusApplied || len(e.Change.GetWrites()) == 0 {
				t.Errorf("change %s stands as %d: %v", e.ChangeID, e.Status, e.Change)
			}
			for _, w := range e.Change.GetWrites() {
				if bytes.Equal(w.GetMemberId(), member[:]) {
					t.Errorf("change %s still has the member", e.ChangeID)
				}
			}
		}
		if h, err := u.Family(t.Context(), id); err != nil || h.GetFamily().GetAddress() != "Jl. Tetap" {
			t.Errorf("more than the member is gone: %v, %v", h.GetFamily(), err)
		}
	}
	left()
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	// Without their receipts the changes are offered again.
	alterFile(t, f, "surveyor1", `UPDATE change SET receipt = randomblob(64) WHERE receipt IS NOT NULL`)
	u = signInOn(t, c, f, "surveyor1")
	if n, err := u.Counts(t.Context()); err != nil || n.Pending == 0 {
		t.Fatalf("nothing is offered again: %+v, %v", n, err)
	}
	mustSync(t, u)
	left()
	after, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil || len(after.Differences) > 0 || after.Changes != before.Changes+1 { // the mark
		t.Errorf("%+v before, %+v now: %v", before, after, err)
	}
}
