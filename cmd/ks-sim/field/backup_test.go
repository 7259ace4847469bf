package field

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
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

func TestWorkByFileThenByItsDeviceArrivesOnce(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		b, s := backUp(t, f, 3), supervisorWith(t, f)
		carry(t, s, b.file)
		before, err := s.CarriedFiles(t.Context())
		if err != nil || len(before) != 1 || before[0].Delivered != 0 || before[0].Items != b.counts.Pending+1 {
			t.Fatalf("received, not applied: %+v, %v", before, err)
		}
		mustSync(t, s)
		after, err := s.CarriedFiles(t.Context())
		if err != nil || after[0].Delivered != after[0].Parts || after[0].Applied != b.counts.Pending+1 || after[0].Quarantined+after[0].Refused != 0 {
			t.Fatalf("applied: %+v, %v", after, err)
		}
		if _, total := s.Families(clientsdk.Query{}); total != 3 {
			t.Errorf("the supervisor's device got %d families by the same sync", total)
		}
		b.arrived(t, f)
		if n, err := b.user.Counts(t.Context()); err != nil || n.Pending != b.counts.Pending {
			t.Errorf("on the device, which has heard nothing: %+v, %v", n, err)
		}
		mustSync(t, b.user)
		b.arrived(t, f)
		if n, err := b.user.Counts(t.Context()); err != nil || n.Applied != b.counts.Pending || n.Pending+n.Quarantined+n.Refused != 0 {
			t.Errorf("on the device: %+v, %v", n, err)
		}
		if carry(t, s, b.file) != 0 {
			t.Error("the same file is carried twice")
		}
	})
}

func TestWorkByItsDeviceThenByFileArrivesOnce(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		b, s := backUp(t, f, 2), supervisorWith(t, f)
		mustSync(t, b.user)
		b.arrived(t, f)
		carry(t, s, b.file)
		mustSync(t, s)
		b.arrived(t, f)
	})
}

func TestTwoFilesOfGrowingWorkArriveOnce(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		b, s := backUp(t, f, 2), supervisorWith(t, f)
		// The work goes on; the second file holds the first one's work too.
		more, err := Interview(t.Context(), b.user, village(t, b.user), "001/001", NewGenerator(6, 320405, time.Now()).Family())
		if err != nil {
			t.Fatal(err)
		}
		b.families = append(b.families, more)
		if b.counts, err = b.user.Counts(t.Context()); err != nil {
			t.Fatal(err)
		}
		second := fileOf(t, b.user, b.counts.Pending)
		carry(t, s, second)
		mustSync(t, s)
		b.arrived(t, f)
		carry(t, s, b.file)
		mustSync(t, s)
		mustSync(t, b.user)
		b.arrived(t, f)
	})
}

// TestAServersPageTakesAFileToo: by REST, and whatever the order of calls.
func TestAServersPageTakesAFileToo(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		b := backUp(t, f, 2)
		token := restToken(t, f, "supervisor")
		parts, err := syncing.ReadBackup(bytes.NewReader(b.file))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			for _, p := range parts {
				restPost(t, f, token, "/v1/backups:deliver", `{"part":"`+base64.StdEncoding.EncodeToString(p)+`"}`)
			}
		}
		b.arrived(t, f)
	})
}

func TestPartOfAFileIsTakenAndTheRestComesLater(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	b, s := backUp(t, f, 3), supervisorWith(t, f)
	parts := b.split(t, f)
	var half, whole bytes.Buffer
	if err := errors.Join(syncing.WriteBackup(&half, parts[1:]), syncing.WriteBackup(&whole, parts)); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Carry(t.Context(), &half); !errors.Is(err, clientsdk.ErrBackupDamaged) || n != 1 {
		t.Fatalf("the second half of a file: %d parts, %v", n, err)
	}
	mustSync(t, s)
	mustSync(t, signInOn(t, b.client, f, "surveyor1"))
	if n := carry(t, s, whole.Bytes()); n != 1 {
		t.Errorf("%d parts were new", n)
	}
	mustSync(t, s)
	b.arrived(t, f)
}

func TestAFileThatWasAlteredIsRefused(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	b, s := backUp(t, f, 1), supervisorWith(t, f)
	for name, data := range map[string][]byte{
		"no file": []byte("x"), "empty": []byte("KSBACKUP1\n"), "a picture": bytes.Repeat([]byte{0xff, 0xd8}, 1000),
	} {
		if _, err := s.Carry(t.Context(), bytes.NewReader(data)); !errors.Is(err, clientsdk.ErrNoBackup) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for at := len("KSBACKUP1\n"); at < len(b.file); at += 37 {
		altered := bytes.Clone(b.file)
		altered[at] ^= 1
		if n, err := s.Carry(t.Context(), bytes.NewReader(altered)); !errors.Is(err, clientsdk.ErrBackupDamaged) || n != 0 {
			t.Fatalf("byte %d altered: %d parts, %v", at, n, err)
		}
	}
	if _, err := b.user.Carry(t.Context(), bytes.NewReader(b.file)); !errors.Is(err, clientsdk.ErrNoSupervisor) {
		t.Errorf("carried by a surveyor: %v", err)
	}
}

// TestAForgedFileIsNotTheDevices: somebody else's key, and a file of another
// Puskesmas.
func TestAForgedFileIsNotTheDevices(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	b := backUp(t, f, 1)
	own := restToken(t, f, "supervisor")
	other := partOf(t, b.file)
	other.Device += 100
	for name, p := range map[string]*ksv1.BackupPart{
		"an unknown device": signBy(t, other, nil), "another key says that it is this device": signBy(t, partOf(t, b.file), nil),
	} {
		data, err := proto.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		status, body := rest(t, f, "POST", own, "/v1/backups:deliver", `{"part":"`+base64.StdEncoding.EncodeToString(data)+`"}`)
		if status != http.StatusNotFound {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil || found.Changes != 0 {
		t.Errorf("at the server: %+v, %v", found, err)
	}
}

func TestTheFileOfARevokedDeviceWaitsForADecision(t *testing.T) {
	onEachEngine(t, 1, func(t *testing.T, f *Field) {
		b, s := backUp(t, f, 1), supervisorWith(t, f)
		revoke(t, f, partOf(t, b.file).GetDevice())
		carry(t, s, b.file)
		mustSync(t, s)
		files, err := s.CarriedFiles(t.Context())
		// The submission is taken, and waits with the work that it names.
		if err != nil || files[0].Quarantined != b.counts.Pending || files[0].Applied != 1 || files[0].Refused != 0 {
			t.Errorf("carried: %+v, %v", files, err)
		}
		found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
		if err != nil || found.Changes != 0 {
			t.Errorf("merged unseen: %+v, %v", found, err)
		}
	})
}

func TestABackupNeedsNoPassword(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	c := deviceOf(t, f, "surveyor1")
	u := signInOn(t, c, f, "surveyor1")
	mustSync(t, u)
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", NewGenerator(5, 320405, time.Now()).Family()); err != nil {
		t.Fatal(err)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if got, err := c.Backup(t.Context(), "surveyor1", &file); err != nil || got.Changes == 0 {
		t.Fatalf("backup without the password: %+v, %v", got, err)
	}
	s := supervisorWith(t, f)
	carry(t, s, file.Bytes())
	mustSync(t, s)
	if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || found.Families != 1 {
		t.Errorf("at the server: %+v, %v", found, err)
	}
}

// TestThePageExportsAndCarriesABackup: the same through the app's calls.
func TestThePageExportsAndCarriesABackup(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	surveyor, supervisor := startApp(t, f, nil), startApp(t, f, nil)
	surveyor.post("/v1/app:signIn", map[string]any{"userName": "surveyor1", "password": f.Password}, http.StatusOK)
	surveyor.sync()
	surveyor.post("/v1/app:exportBackup", map[string]any{}, http.StatusNotFound)
	area := surveyor.get("/v1/app/areas")["villages"].([]any)[0].(map[string]any)["code"]
	surveyor.post("/v1/forms", map[string]any{"villageCode": area, "place": "001/001", "family": map[string]any{"headName": "Budi"}}, http.StatusOK)
	surveyor.post("/v1/app:lock", map[string]any{}, http.StatusOK)
	surveyor.post("/v1/app:exportBackup", map[string]any{}, http.StatusUnauthorized)
	exported := surveyor.post("/v1/app:exportBackup", map[string]any{"userName": "surveyor1"}, http.StatusOK)
	if exported["changes"] != 1.0 {
		t.Errorf("exported %v", exported)
	}
	supervisor.post("/v1/app:signIn", map[string]any{"userName": "supervisor", "password": f.Password}, http.StatusOK)
	supervisor.sync()
	supervisor.post("/v1/app:carryBackup", map[string]any{"file": base64.StdEncoding.EncodeToString([]byte("x"))}, http.StatusBadRequest)
	supervisor.post("/v1/app:carryBackup", map[string]any{"file": exported["file"]}, http.StatusOK)
	if sync := supervisor.sync(); sync["error"] != nil {
		t.Fatalf("the supervisor's sync: %v", sync)
	}
	files := supervisor.get("/v1/app/carried")["files"].([]any)
	if got := files[0].(map[string]any); len(files) != 1 || got["applied"] != 1.0 || got["delivered"] != 1.0 {
		t.Errorf("carried: %v", files)
	}
}

// TestAFileThatWasRefusedIsTakenAgain: who finds out why, and mends it, brings the
// same file again; one that was delivered is known.
func TestAFileThatWasRefusedIsTakenAgain(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	b := backUp(t, f, 1)
	elsewhere(t, f)
	stranger := signIn(t, f, "supervisor-p3205010101")
	mustSync(t, stranger)
	for n := range 2 {
		if added := carry(t, stranger, b.file); added != 1 {
			t.Fatalf("take %d: %d parts", n+1, added)
		}
		mustSync(t, stranger)
		files, err := stranger.CarriedFiles(t.Context())
		if err != nil || len(files) != 1 || files[0].Reason == "" {
			t.Fatalf("take %d: %+v, %v", n+1, files, err)
		}
	}
	s := supervisorWith(t, f)
	for _, want := range []int{1, 0} {
		if added := carry(t, s, b.file); added != want {
			t.Errorf("%d parts, want %d", added, want)
		}
		mustSync(t, s)
	}
}

// TestACarriedFileReachesARestoredServerAgain: who carried it brings once more what
// the server lost, though the device that it is of is at the bottom of a river.
func TestACarriedFileReachesARestoredServerAgain(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	b, s := backUp(t, f, 2), supervisorWith(t, f)
	restore := keptStore(t, f)
	carry(t, s, b.file)
	mustSync(t, s)
	restore()
	if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || found.Families != 0 {
		t.Fatalf("after the restore: %+v, %v", found, err)
	}
	mustSync(t, s)
	files, err := s.CarriedFiles(t.Context())
	if err != nil || len(files) != 1 || files[0].Delivered != 1 || files[0].Applied != files[0].Items {
		t.Errorf("carried: %+v, %v", files, err)
	}
	if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || found.Families != 2 {
		t.Errorf("delivered again: %+v, %v", found, err)
	}
}

// A restored server has every device draw a new incarnation and rename what it never
// acked; but what went into a file may be there already, or come later, by its old name.
func TestWorkInAFileArrivesOnceAlsoAfterARestore(t *testing.T) {
	t.Parallel()
	for name, deviceFirst := range map[string]bool{"by file first": false, "by its device first": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(t, 1, nil)
			b, s := backUp(t, f, 2), supervisorWith(t, f)
			carry(t, s, b.file)
			if !deviceFirst {
				mustSync(t, s)
			}
			if err := f.Store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { return session.BeginEpoch(ctx, tx, rand.Reader) }); err != nil {
				t.Fatal(err)
			}
			mustSync(t, b.user)
			mustSync(t, s)
			if found, err := server.Verify(t.Context(), f.Store, f.Ring, nil); err != nil || found.Families != 2 || found.Changes != b.counts.Pending {
				t.Errorf("at the server: %+v, %v; want 2 families of %d changes", found, err, b.counts.Pending)
			}
			if n, err := b.user.Counts(t.Context()); err != nil || n.Pending+n.Quarantined+n.Refused != 0 {
				t.Errorf("on the device: %+v, %v", n, err)
			}
		})
	}
}
