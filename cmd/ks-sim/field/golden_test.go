package field

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// Golden devices: for each schema that a device's database has had, one that was
// left with unsent work, and the server that it belongs to, as that version
// wrote them. They are kept for good. At each release whose migrations are new:
//
//	KS_GOLDEN_OUT=$PWD/cmd/ks-sim/field/testdata/golden/device-N.tar.gz go test -run MakeGolden ./cmd/ks-sim/field
//
// run at the last commit before the new migration, so that the file is what the
// older version wrote. The families are generated; nobody real is in them.
const goldenDevices = "testdata/golden/device-*.tar.gz"

// golden says what a golden device holds.
type golden struct {
	Made     time.Time
	Password string
	// Unsent are the changes that the server has not.
	Unsent []string
	// Heads are the names of the heads of all families.
	Heads []string
}

const (
	goldenNote   = "golden.json"
	goldenRing   = "ring.bin"
	goldenDevice = "emas"
)

func TestMakeGolden(t *testing.T) {
	out := os.Getenv("KS_GOLDEN_OUT")
	if out == "" {
		t.Skip("KS_GOLDEN_OUT names the file to be made")
	}
	dir := t.TempDir()
	f, err := New(t.Context(), Options{Dir: dir, Surveyors: 1})
	if err != nil {
		t.Fatal(err)
	}
	c, u := goldenUser(t, f)
	mustSync(t, u)
	g := NewGenerator(41, 320405, time.Now())
	var first clientsdk.ID
	for i := range 3 {
		id, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family())
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = id
		}
	}
	mustSync(t, u)
	if _, err := Interview(t.Context(), u, village(t, u), "001/002", g.Family()); err != nil {
		t.Fatal(err)
	}
	edit := clientsdk.Edit{Key: clientsdk.Key{Kind: clientsdk.KindFamily}, Set: &ksv1.Family{Address: proto.String("Jl. Emas 1")}}
	if _, err := u.Save(t.Context(), first, edit); err != nil {
		t.Fatal(err)
	}
	note := golden{Made: time.Now().UTC(), Password: f.Password, Unsent: unsent(t, u), Heads: heads(u)}
	ring, err := f.Ring.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(note, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(u.Close(), c.Close(), f.Close(),
		os.WriteFile(filepath.Join(dir, goldenRing), ring, 0o600), os.WriteFile(filepath.Join(dir, goldenNote), text, 0o600))
	if err != nil {
		t.Fatal(err)
	}
	pack(t, dir, out)
}

// TestDevicesOfEveryVersionDeliverTheirWork opens each golden device with this
// version: it is migrated step by step, keeps what it held, and sends what was
// unsent to its server, which this version serves as well.
func TestDevicesOfEveryVersionDeliverTheirWork(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(goldenDevices)
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".tar.gz"), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			unpack(t, file, dir)
			var note golden
			f := openGolden(t, dir, &note)
			_, u := goldenUser(t, f)
			if l := u.Loss(); l != nil {
				t.Fatalf("loss %+v", l)
			}
			if got := unsent(t, u); !slices.Equal(got, note.Unsent) || len(got) == 0 {
				t.Fatalf("unsent %v, want %v", got, note.Unsent)
			}
			if got := heads(u); !slices.Equal(got, note.Heads) {
				t.Fatalf("families of %v, want %v", got, note.Heads)
			}
			result, err := u.Sync(t.Context(), nil)
			if errors.Is(err, clientsdk.ErrSignInAgain) {
				// A session of before migration 3 asks for the password once.
				if err := u.SignInAgain(t.Context(), note.Password); err != nil {
					t.Fatal(err)
				}
				result, err = u.Sync(t.Context(), nil)
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := unsent(t, u); len(got) > 0 || result.Sent < len(note.Unsent) || result.Differing > 0 || result.Refused+result.Quarantined > 0 {
				t.Errorf("after the sync %+v, unsent %v", result, got)
			}
		})
	}
}

// openGolden starts the golden server, a day after the files were made.
func openGolden(t *testing.T, dir string, note *golden) *Field {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, goldenNote))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, note); err != nil {
		t.Fatal(err)
	}
	ring, err := os.ReadFile(filepath.Join(dir, goldenRing))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	now := func() time.Time { return note.Made.Add(24*time.Hour + time.Since(start)) }
	f := &Field{options: Options{Dir: dir, Now: now}, Password: note.Password, own: true, Surveyors: []Surveyor{{Name: "surveyor1"}}}
	if f.Ring, err = record.UnmarshalRing(ring); err != nil {
		t.Fatal(err)
	}
	if f.Store, err = sqlite.Open(t.Context(), filepath.Join(dir, "server.db"), sqlite.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := f.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func goldenUser(t *testing.T, f *Field) (*clientsdk.Client, *clientsdk.User) {
	t.Helper()
	c, err := f.Device(goldenDevice)
	if err != nil {
		t.Fatal(err)
	}
	u, err := c.SignIn(t.Context(), f.Surveyors[0].Name, f.Password)
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := errors.Join(u.Close(), c.Close()); err != nil && os.Getenv("KS_GOLDEN_OUT") == "" {
			t.Error(err)
		}
	})
	return c, u
}

func unsent(t *testing.T, u *clientsdk.User) []string {
	t.Helper()
	entries, err := u.Outbox(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if e.Status == device.StatusPending {
			out = append(out, e.ChangeID.String())
		}
	}
	slices.Sort(out)
	return out
}

func heads(u *clientsdk.User) []string {
	families, _ := u.Families(clientsdk.Query{})
	var out []string
	for _, f := range families {
		out = append(out, f.HeadName)
	}
	slices.Sort(out)
	return out
}

func pack(t *testing.T, dir, file string) {
	t.Helper()
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	zip := gzip.NewWriter(out)
	archive := tar.NewWriter(zip)
	if err := errors.Join(archive.AddFS(os.DirFS(dir)), archive.Close(), zip.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
}

func unpack(t *testing.T, file, dir string) {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	zip, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	archive := tar.NewReader(zip)
	for {
		head, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(head.Name))
		if head.FileInfo().IsDir() {
			err = os.MkdirAll(path, 0o700)
		} else {
			var data []byte
			if data, err = io.ReadAll(archive); err == nil {
				err = errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, data, 0o600))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
