package field

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
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

// backedUp is a surveyor with unsent work, submitted, and its backup file.
type backedUp struct {
	client   *clientsdk.Client
	user     *clientsdk.User
	families []clientsdk.ID
	file     []byte
	counts   clientsdk.Counts
}

func backUp(t *testing.T, f *Field, families int) *backedUp {
	t.Helper()
	c := deviceOf(t, f, "surveyor1")
	u := signInOn(t, c, f, "surveyor1")
	mustSync(t, u)
	return backUpOf(t, c, u, families)
}

// backUpOf is backUp of a user who has synced before.
func backUpOf(t *testing.T, c *clientsdk.Client, u *clientsdk.User, families int) *backedUp {
	t.Helper()
	b := &backedUp{client: c, user: u}
	g := NewGenerator(5, 320405, time.Now())
	for range families {
		id, err := Interview(t.Context(), b.user, village(t, b.user), "001/001", g.Family())
		if err != nil {
			t.Fatal(err)
		}
		b.families = append(b.families, id)
	}
	if _, err := b.user.Submit(t.Context(), b.families, "hari ini"); err != nil {
		t.Fatal(err)
	}
	var err error
	if b.counts, err = b.user.Counts(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.file = fileOf(t, b.user, b.counts.Pending)
	return b
}

func fileOf(t *testing.T, u *clientsdk.User, changes int) []byte {
	t.Helper()
	var file bytes.Buffer
	got, err := u.Backup(t.Context(), &file)
	if err != nil || got.Changes != changes || got.Steps != 1 || got.Left != 0 || got.Bytes != int64(file.Len()) {
		t.Fatalf("backup of %d changes and a batch: %+v, %v", changes, got, err)
	}
	return file.Bytes()
}

// split makes two parts of a file of one, signed as the device would have.
func (b *backedUp) split(t *testing.T, f *Field) []*ksv1.BackupPart {
	t.Helper()
	if err := b.user.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(f.options.Dir, "device-surveyor1", "ks-surveyor1.db")
	sealed, err := device.ReadSealed(t.Context(), device.Options{Path: path, Env: device.Env{Now: time.Now, Rand: rand.Reader}})
	if err != nil {
		t.Fatal(err)
	}
	one := partOf(t, b.file)
	first, second := proto.CloneOf(one), proto.CloneOf(one)
	half := len(one.Items) / 2
	first.Items, second.Items = one.Items[:half], one.Items[half:]
	first.Parts, second.Parts, second.Number = 2, 2, 2
	for _, p := range []*ksv1.BackupPart{first, second} {
		p.Signature = ed25519.Sign(ed25519.NewKeyFromSeed(sealed.Seed), syncing.BackupMessage(p))
	}
	return []*ksv1.BackupPart{first, second}
}

// partOf is the only part of a file.
func partOf(t *testing.T, file []byte) *ksv1.BackupPart {
	t.Helper()
	parts, err := syncing.ReadBackup(bytes.NewReader(file))
	if err != nil || len(parts) != 1 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	p, err := syncing.ParseBackupPart(parts[0])
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// signBy signs a part by a key that is drawn, or given.
func signBy(t *testing.T, p *ksv1.BackupPart, key ed25519.PrivateKey) *ksv1.BackupPart {
	t.Helper()
	if key == nil {
		var err error
		if _, key, err = ed25519.GenerateKey(rand.Reader); err != nil {
			t.Fatal(err)
		}
	}
	p.PublicKey = key.Public().(ed25519.PublicKey)
	p.Signature = ed25519.Sign(key, syncing.BackupMessage(p))
	return p
}

func deviceOf(t *testing.T, f *Field, name string) *clientsdk.Client {
	t.Helper()
	c, err := f.Device(name)
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func signInOn(t *testing.T, c *clientsdk.Client, f *Field, name string) *clientsdk.User {
	t.Helper()
	u, err := c.SignIn(t.Context(), name, f.Password)
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := u.Close(); err != nil {
			t.Error(err)
		}
	})
	return u
}

// arrived checks that all of the work is at the server, once, as its author's.
func (b *backedUp) arrived(t *testing.T, f *Field) {
	t.Helper()
	found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil || found.Families != len(b.families) || found.Changes != b.counts.Pending || len(found.Differences) > 0 {
		t.Errorf("at the server: %+v, %v; want %d families of %d changes", found, err, len(b.families), b.counts.Pending)
	}
	var batches struct {
		Batches []struct {
			Batch struct{ Author int }
		}
	}
	restGet(t, f, restToken(t, f, "supervisor"), "/v1/review/batches", &batches)
	if len(batches.Batches) != 1 || batches.Batches[0].Batch.Author != int(f.Surveyors[0].Account) {
		t.Errorf("batches: %+v", batches)
	}
}

func supervisorWith(t *testing.T, f *Field) *clientsdk.User {
	t.Helper()
	s := signIn(t, f, "supervisor")
	mustSync(t, s)
	return s
}

func carry(t *testing.T, s *clientsdk.User, file []byte) int {
	t.Helper()
	n, err := s.Carry(t.Context(), bytes.NewReader(file))
	if err != nil {
		t.Fatalf("carry: %v", err)
	}
	return n
}

// backupBy is a part of a device, in base64, that holds nothing to be opened.
func backupBy(t *testing.T, d *rawDevice) string {
	t.Helper()
	p := signBy(t, &ksv1.BackupPart{
		FileId: make([]byte, 16), Number: 1, Parts: 1, Device: d.tokens.GetDeviceNumber(),
		Items: []*ksv1.BackupItem{{Id: make([]byte, 16), Kind: ksv1.BackupItemKind_BACKUP_ITEM_KIND_CHANGE, Sealed: []byte{1}}},
	}, d.key)
	data, err := proto.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(data)
}
