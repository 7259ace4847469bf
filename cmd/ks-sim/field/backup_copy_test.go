package field

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
)

// A surveyor's data are copied to another device. Both go on, and give the same ids to
// different households. The copy syncs; the first device never comes back, and what it had
// not sent is in a backup file that the supervisor brings. The two are not mixed, nothing
// of the file is lost, and what was submitted is.
func TestTheFileOfADatabaseWhoseCopySyncedIsKeptApart(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		keptApart(t, f, func(b *backedUp) []byte { return b.file }, func(b *backedUp) [][]byte { return [][]byte{partAgain(t, b)} })
	})
}

func TestTheFileOfADatabaseWhoseCopySyncedIsKeptApartInParts(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	keptApart(t, f, func(b *backedUp) []byte {
		var file bytes.Buffer
		if err := syncing.WriteBackup(&file, b.split(t, f)); err != nil {
			t.Fatal(err)
		}
		b.user = signInOn(t, b.client, f, "surveyor1")
		return file.Bytes()
	}, func(*backedUp) [][]byte { return nil })
}

// keptApart tells of the file that it is given of the first device's work, and of others of
// the same work.
func keptApart(t *testing.T, f *Field, fileOf func(*backedUp) []byte, others func(*backedUp) [][]byte) {
	t.Helper()
	copied(t, f, "surveyor1", nil)
	c := deviceOf(t, f, "surveyor1")
	b := backUpOf(t, c, signInOn(t, c, f, "surveyor1"), 3)
	theirs := copySyncs(t, f, b.families[0])
	before, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil || before.Families != len(theirs) {
		t.Fatalf("of the copy: %+v, %v", before, err)
	}
	supervisor := restToken(t, f, "supervisor")
	shown := func() (out []string) {
		for _, id := range theirs {
			status, body := rest(t, f, http.MethodGet, supervisor, "/v1/families/"+id.String(), "")
			if status != http.StatusOK {
				t.Fatalf("family %s: %d %s", id, status, body)
			}
			out = append(out, string(body))
		}
		return out
	}
	was := shown()

	s := supervisorWith(t, f)
	file := fileOf(b)
	carry(t, s, file)
	mustSync(t, s)
	brought, err := s.CarriedFiles(t.Context())
	if err != nil || len(brought) != 1 || brought[0].Refused != 0 || brought[0].Quarantined < 3 || brought[0].Quarantined+brought[0].Applied != b.counts.Pending+1 {
		t.Fatalf("the file: %+v, %v; want the three changes of the first family in quarantine, of %d and a batch", brought, err, b.counts.Pending)
	}
	for i, now := range shown() {
		if now != was[i] {
			t.Errorf("a family of the copy's has changed:\n%s\n%s", was[i], now)
		}
	}
	var waiting struct {
		Changes []struct {
			ChangeID string `json:"changeId"`
			Reason   string
		}
	}
	list := func() {
		t.Helper()
		waiting.Changes = nil
		restGet(t, f, supervisor, "/v1/quarantine?pageSize=100", &waiting)
		if len(waiting.Changes) != brought[0].Quarantined || waiting.Changes[0].Reason != "DEVICE_FORKED" {
			t.Fatalf("the supervisor sees %+v, want %d changes", waiting, brought[0].Quarantined)
		}
	}
	list()
	// Again, and by another file of the same work, it has no second effect.
	parts, err := syncing.ReadBackup(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range append(parts, others(b)...) {
		restPost(t, f, supervisor, "/v1/backups:deliver", `{"part":"`+base64.StdEncoding.EncodeToString(data)+`"}`)
	}
	list()
	for _, x := range waiting.Changes {
		restPost(t, f, supervisor, "/v1/quarantine/"+x.ChangeID+":decide", `{"admit":true}`)
	}
	after, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil || after.Families != len(theirs)+len(b.families) || after.Changes != before.Changes+b.counts.Pending || len(after.Differences) > 0 {
		t.Errorf("with the file's admitted: %+v, %v", after, err)
	}
	for i, now := range shown() {
		if now != was[i] {
			t.Errorf("a family of the copy's has changed:\n%s\n%s", was[i], now)
		}
	}
	var batches struct{ Batches []any }
	restGet(t, f, supervisor, "/v1/review/batches", &batches)
	if len(batches.Batches) != 2 {
		t.Errorf("%d batches", len(batches.Batches))
	}
}

// The first device comes back by itself after its copy has synced, whether somebody brought
// a file of its work or not, and whenever a supervisor decides on that: all of it is there
// once, under one name, but for what was kept out.
func TestADeviceWhoseCopySyncedKeepsItsHouseholdsApart(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct{ brought, decided, admitted bool }{
		"by itself": {}, "behind its file": {brought: true},
		"behind its file, which was admitted": {brought: true, decided: true, admitted: true},
		"behind its file, which was kept out": {brought: true, decided: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(t, 1, nil)
			copied(t, f, "surveyor1", nil)
			c := deviceOf(t, f, "surveyor1")
			b := backUpOf(t, c, signInOn(t, c, f, "surveyor1"), 3)
			theirs := copySyncs(t, f, b.families[0])
			before, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
			if err != nil {
				t.Fatal(err)
			}
			supervisor := restToken(t, f, "supervisor")
			show := func() string {
				_, body := rest(t, f, http.MethodGet, supervisor, "/v1/families/"+theirs[0].String(), "")
				return string(body)
			}
			was := show()
			if x.brought {
				s := supervisorWith(t, f)
				carry(t, s, b.file)
				mustSync(t, s)
			}
			keptOut := 0
			if x.decided {
				for _, id := range waitingIDs(t, f, supervisor) {
					restPost(t, f, supervisor, "/v1/quarantine/"+id+":decide", fmt.Sprintf(`{"admit":%t,"note":"Isi dua kali"}`, x.admitted))
					if !x.admitted {
						keptOut++
					}
				}
			}
			mustSync(t, b.user)
			mustSync(t, b.user)
			for _, id := range waitingIDs(t, f, supervisor) {
				if !x.brought || x.decided {
					t.Errorf("change %s waits for another decision", id)
				}
				restPost(t, f, supervisor, "/v1/quarantine/"+id+":decide", `{"admit":true}`)
			}
			if now := show(); now != was {
				t.Errorf("the copy's family has changed:\n%s\n%s", was, now)
			}
			found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
			if err != nil || len(found.Differences) > 0 || found.Changes != before.Changes+b.counts.Pending-keptOut {
				t.Errorf("at the server: %+v, %v; want %d changes of the copy's, %d of the device's less %d", found, err, before.Changes, b.counts.Pending, keptOut)
			}
			if keptOut == 0 && found.Families != len(theirs)+len(b.families) {
				t.Errorf("at the server: %d families, want %d", found.Families, len(theirs)+len(b.families))
			}
			told, err := b.user.Outbox(t.Context(), 100)
			for _, e := range told {
				if e.Status == device.StatusKeptOut {
					keptOut--
				}
			}
			if err != nil || keptOut != 0 {
				t.Errorf("%d changes that were kept out the device does not show so: %v", keptOut, err)
			}
		})
	}
}

// What its own device corrects of what a file brought, and a supervisor admitted, is no
// conflict: the server knows under which stamps it has what was seen.
func TestACorrectionBehindWhatAFileBroughtIsNoConflict(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	copied(t, f, "surveyor1", nil)
	c := deviceOf(t, f, "surveyor1")
	b := backUpOf(t, c, signInOn(t, c, f, "surveyor1"), 1)
	copySyncs(t, f, b.families[0])
	s := supervisorWith(t, f)
	carry(t, s, b.file)
	mustSync(t, s)
	supervisor := restToken(t, f, "supervisor")
	for _, id := range waitingIDs(t, f, supervisor) {
		restPost(t, f, supervisor, "/v1/quarantine/"+id+":decide", `{"admit":true}`)
	}
	edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jalan Koreksi")}}
	if _, err := b.user.Save(t.Context(), b.families[0], edit); err != nil {
		t.Fatal(err)
	}
	mustSync(t, b.user)
	mustSync(t, b.user)
	own, err := b.user.Outbox(t.Context(), 1)
	if err != nil || len(own) != 1 || own[0].Status != device.StatusApplied {
		t.Fatalf("%+v: %v", own, err)
	}
	household, err := b.user.Family(t.Context(), own[0].FamilyID)
	if err != nil || household.GetFamily().GetAddress() != "Jalan Koreksi" {
		t.Errorf("%v, %v", household.GetFamily(), err)
	}
	if conflicts, err := b.user.Conflicts(t.Context(), own[0].FamilyID); err != nil || len(conflicts) > 0 {
		t.Errorf("conflicts %v, %v", conflicts, err)
	}
}

// waitingIDs are the changes that the supervisor is to decide on.
func waitingIDs(t *testing.T, f *Field, supervisor string) (out []string) {
	t.Helper()
	var waiting struct {
		Changes []struct{ ChangeID string }
	}
	restGet(t, f, supervisor, "/v1/quarantine?pageSize=100", &waiting)
	for _, c := range waiting.Changes {
		out = append(out, c.ChangeID)
	}
	return out
}

// The welcome tells it, before anything of the first device's is taken: also where the copy
// has sent nothing yet that the receipts could tell it by.
func TestADeviceWhoseCopySyncedTakesNewNamesAtOnce(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	copied(t, f, "surveyor1", nil)
	mustSync(t, signInOn(t, deviceOf(t, f, "copy"), f, "surveyor1"))
	u := signInOn(t, deviceOf(t, f, "surveyor1"), f, "surveyor1")
	id, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(8, 320405, time.Now()).Family())
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	if _, ok := u.Summary(id); ok {
		t.Errorf("family %s keeps the name that the copy gives to its next one", id)
	}
	if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || found.Families != 1 {
		t.Errorf("at the server: %+v, %v", found, err)
	}
}

// The copy never syncs, its file comes by the supervisor; the first device finds out by a
// receipt, while more of its work is on the way.
func TestNothingBehindAnothersIsTakenTwice(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	copied(t, f, "surveyor1", nil)
	other := deviceOf(t, f, "copy")
	b := backUpOf(t, other, signInOn(t, other, f, "surveyor1"), 2)
	s := supervisorWith(t, f)
	carry(t, s, b.file)
	mustSync(t, s)
	u := signInOn(t, deviceOf(t, f, "surveyor1"), f, "surveyor1")
	g := NewGenerator(99, 320405, time.Now())
	const families = 120
	for range families {
		if _, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family()); err != nil {
			t.Fatal(err)
		}
	}
	own, err := u.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil || found.Families != families+2 || found.Changes != b.counts.Pending+own.Pending || len(found.Differences) > 0 {
		t.Errorf("at the server: %+v, %v; want %d families of %d changes", found, err, families+2, b.counts.Pending+own.Pending)
	}
}

// copySyncs lets the copy meet two households, the first of which gets the id that it has
// on the other device, too.
func copySyncs(t *testing.T, f *Field, first clientsdk.ID) []clientsdk.ID {
	t.Helper()
	other := signInOn(t, deviceOf(t, f, "copy"), f, "surveyor1")
	var theirs []clientsdk.ID
	g := NewGenerator(77, 320405, time.Now())
	for range 2 {
		id, err := Interview(t.Context(), other, village(t, other), "001/001", g.Family())
		if err != nil {
			t.Fatal(err)
		}
		theirs = append(theirs, id)
	}
	if theirs[0] != first {
		t.Fatalf("the two lives gave %s and %s to their first families", first, theirs[0])
	}
	if _, err := other.Submit(t.Context(), theirs, "dari salinan"); err != nil {
		t.Fatal(err)
	}
	mustSync(t, other)
	return theirs
}

// copied copies the data of somebody, who has synced once, and whatever work made, to a device
// of the name "copy".
func copied(t *testing.T, f *Field, name string, work func(u *clientsdk.User)) {
	t.Helper()
	first, err := f.Device(name)
	if err != nil {
		t.Fatal(err)
	}
	user, err := first.SignIn(t.Context(), name, f.Password)
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, user)
	if work != nil {
		work(user)
		mustSync(t, user)
	}
	if err := user.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	dir := func(device string) string { return filepath.Join(f.options.Dir, "device-"+device) }
	if err := os.CopyFS(dir("copy"), os.DirFS(dir(name))); err != nil {
		t.Fatal(err)
	}
}

// partAgain is the only part of another backup file of the same work.
func partAgain(t *testing.T, b *backedUp) []byte {
	t.Helper()
	data, err := proto.Marshal(partOf(t, fileOf(t, b.user, b.counts.Pending)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
