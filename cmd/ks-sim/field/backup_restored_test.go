package field

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/session"
	"github.com/keluarga-sehat/sync/server/store"
)

// keptStore keeps a copy of the server's store, and gives what puts the server back to it.
func keptStore(t *testing.T, f *Field) (restore func()) {
	t.Helper()
	live, saved, address := filepath.Join(f.options.Dir, "server.db"), filepath.Join(f.options.Dir, "saved.db"), f.Address
	exchange := func(from, to string) {
		t.Helper()
		if err := f.Stop(); err != nil {
			t.Fatal(err)
		}
		copyStore(t, f, from, to)
		if err := f.Start(t.Context(), address); err != nil {
			t.Fatal(err)
		}
	}
	exchange(live, saved)
	return func() {
		t.Helper()
		exchange(saved, live)
		err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { return session.BeginEpoch(ctx, tx, rand.Reader) })
		if err != nil {
			t.Fatal(err)
		}
	}
}

// interviewed makes families and gives them.
func interviewed(t *testing.T, u *clientsdk.User, seed uint64, n int) (families []clientsdk.ID) {
	t.Helper()
	g := NewGenerator(seed, 320405, time.Now())
	for range n {
		id, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family())
		if err != nil {
			t.Fatal(err)
		}
		families = append(families, id)
	}
	return families
}

func fileWith(t *testing.T, u *clientsdk.User) []byte {
	t.Helper()
	var file bytes.Buffer
	if _, err := u.Backup(t.Context(), &file); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func stored(t *testing.T, f *Field) (families, changes int) {
	t.Helper()
	found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found.Families, found.Changes
}

// A device offers all of its work again, in several pages, to a server that was restored and
// has a copy's household by the number of its first. What it had edited of that, acked
// before, goes with its own household.
func TestWhatIsOfferedAgainIsNotJoinedToTheHouseholdOfACopy(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	copied(t, f, "surveyor1", nil)
	restore := keptStore(t, f)
	theirs := signInOn(t, deviceOf(t, f, "copy"), f, "surveyor1")
	same := interviewed(t, theirs, 77, 2)[0]
	file := fileWith(t, theirs)
	u := signInOn(t, deviceOf(t, f, "surveyor1"), f, "surveyor1")
	if own := interviewed(t, u, 5, 300); own[0] != same {
		t.Fatal("the lives drew different numbers")
	}
	edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jalan Perangkat Pertama")}}
	if _, err := u.Save(t.Context(), same, edit); err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	restore()
	s := supervisorWith(t, f)
	carry(t, s, file)
	mustSync(t, s)
	supervisor := restToken(t, f, "supervisor")
	_, was := rest(t, f, http.MethodGet, supervisor, "/v1/families/"+same.String(), "")
	mustSync(t, u)
	mustSync(t, u)
	if _, now := rest(t, f, http.MethodGet, supervisor, "/v1/families/"+same.String(), ""); !bytes.Equal(now, was) {
		t.Errorf("the copy's household has changed:\n%s\n%s", was, now)
	}
	if families, _ := stored(t, f); families != 302 {
		t.Errorf("%d families, want 302", families)
	}
}

// A device has sent its work under other names. A file of it that is older is the same work.
func TestAFileOfWorkThatCameUnderOtherNamesBringsNothingTwice(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	copied(t, f, "surveyor1", nil)
	restore := keptStore(t, f)
	theirs := signInOn(t, deviceOf(t, f, "copy"), f, "surveyor1")
	interviewed(t, theirs, 77, 2)
	u := signInOn(t, deviceOf(t, f, "surveyor1"), f, "surveyor1")
	interviewed(t, u, 5, 2)
	own := fileWith(t, u)
	mustSync(t, theirs)
	mustSync(t, u) // is told of the copy
	mustSync(t, u)
	restore()
	mustSync(t, u)
	families, changes := stored(t, f)
	if families != 2 {
		t.Fatalf("%d families of the device, want 2", families)
	}
	supervisor := restToken(t, f, "supervisor")
	parts, err := syncing.ReadBackup(bytes.NewReader(own))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		restPost(t, f, supervisor, "/v1/backups:deliver", `{"part":"`+base64.StdEncoding.EncodeToString(part)+`"}`)
	}
	if nowFamilies, nowChanges := stored(t, f); nowFamilies != families || nowChanges != changes {
		t.Errorf("%d families of %d changes, behind the file %d of %d", families, changes, nowFamilies, nowChanges)
	}
	if waiting := waitingIDs(t, f, supervisor); len(waiting) > 0 {
		t.Errorf("waiting: %v", waiting)
	}
}

// All of many pages of work, which a file has held, turns out to bear a copy's names: one
// sync sends it under others.
func TestOneSyncRenamesManyPagesOfWork(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	copied(t, f, "surveyor1", nil)
	theirs := signInOn(t, deviceOf(t, f, "copy"), f, "surveyor1")
	const families = 400
	interviewed(t, theirs, 77, families)
	mustSync(t, theirs)
	u := signInOn(t, deviceOf(t, f, "surveyor1"), f, "surveyor1")
	interviewed(t, u, 5, families)
	fileWith(t, u)
	mustSync(t, u)
	if counts, err := u.Counts(t.Context()); err != nil || counts.Pending > 0 {
		t.Errorf("still to be sent: %+v, %v", counts, err)
	}
	if n, _ := stored(t, f); n != 2*families {
		t.Errorf("%d families, want %d", n, 2*families)
	}
}
