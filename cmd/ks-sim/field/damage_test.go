package field

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
)

// damaged makes a device with synced and unsent work, spoils its file, and
// opens it again.
func damaged(t *testing.T, spoil func(t *testing.T, path string)) (*Field, *clientsdk.User) {
	t.Helper()
	f := newField(t, 1, nil)
	c, err := f.Device("surveyor1")
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	u, err := c.SignIn(t.Context(), "surveyor1", f.Password)
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	g := NewGenerator(12, 320405, time.Now())
	for range 20 {
		if _, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family()); err != nil {
			t.Fatal(err)
		}
	}
	mustSync(t, u)
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family()); err != nil {
		t.Fatal(err)
	}
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	spoil(t, filepath.Join(f.options.Dir, "device-surveyor1", "ks-surveyor1.db"))
	again, err := c.SignIn(t.Context(), "surveyor1", f.Password)
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	})
	return f, again
}

func overwrite(t *testing.T, path string, change func(data []byte) []byte) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAnUndamagedFileReportsNoLoss(t *testing.T) {
	t.Parallel()
	_, u := damaged(t, func(*testing.T, string) {})
	if l := u.Loss(); l != nil {
		t.Fatalf("loss %+v", l)
	}
	mustSync(t, u)
}

// TestADamagedDeviceFileIsToldAndRepaired spoils the file in several ways: each
// must be told loudly, and the next sync must bring back what the server has.
func TestADamagedDeviceFileIsToldAndRepaired(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(t *testing.T, path string){
		"truncated by a third": func(t *testing.T, path string) {
			overwrite(t, path, func(d []byte) []byte { return d[:len(d)*2/3] })
		},
		"a page overwritten": func(t *testing.T, path string) {
			overwrite(t, path, func(d []byte) []byte {
				at := len(d) / 2 / 4096 * 4096
				for i := at; i < at+4096; i++ {
					d[i] ^= 0x5a
				}
				return d
			})
		},
		"answers of the server spoiled": func(t *testing.T, path string) {
			db, err := sql.Open("sqlite3", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			done, err := db.ExecContext(t.Context(), `UPDATE change SET receipt = randomblob(64) WHERE receipt IS NOT NULL`)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := done.RowsAffected(); n == 0 || err != nil {
				t.Fatalf("%d receipts spoiled, %v", n, err)
			}
		},
		"bits flipped in payloads": func(t *testing.T, path string) {
			overwrite(t, path, func(d []byte) []byte {
				for at := len(d) / 3; at < len(d); at += 9001 {
					d[at] ^= 4
				}
				return d
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, u := damaged(t, spoil)
			if u.Loss() == nil {
				t.Fatal("the damage passed in silence")
			}
			for range 2 {
				if _, err := u.Sync(t.Context(), nil); err != nil {
					t.Fatal(err)
				}
			}
			if _, n := u.Families(clientsdk.Query{}); n < 20 {
				t.Errorf("%d of 20 families came back", n)
			}
			mustSync(t, u)
		})
	}
}

func TestYesterdaysCopyPutBackIsNoticedAndCostsNothing(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	c, err := f.Device("surveyor1")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	path := filepath.Join(f.options.Dir, "device-surveyor1", "ks-surveyor1.db")
	open := func() *clientsdk.User {
		u, err := c.SignIn(t.Context(), "surveyor1", f.Password)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	g := NewGenerator(13, 320405, time.Now())
	interview := func(u *clientsdk.User) {
		if _, err := Interview(t.Context(), u, village(t, u), "001/001", g.Family()); err != nil {
			t.Fatal(err)
		}
		mustSync(t, u)
	}
	u := open()
	mustSync(t, u)
	interview(u)
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	yesterday, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	u = open()
	interview(u)
	if err := u.Close(); err != nil {
		t.Fatal(err)
	}
	overwrite(t, path, func([]byte) []byte { return yesterday })
	u = open()
	defer u.Close()
	if u.Loss() == nil || u.Loss().LostChanges != 3 {
		t.Fatalf("loss %+v, want 3 changes", u.Loss())
	}
	interview(u)
	if _, n := u.Families(clientsdk.Query{}); n != 3 {
		t.Fatalf("%d families, want 3", n)
	}
}

// TestSubmissionsOfADamagedFileAreKept: what was submitted and not sent comes
// through the repair of a file, as changes do.
func TestSubmissionsOfADamagedFileAreKept(t *testing.T) {
	t.Parallel()
	f := newField(t, 1, nil)
	b := backUp(t, f, 2)
	if err := b.user.Close(); err != nil {
		t.Fatal(err)
	}
	spoilIndex(t, filepath.Join(f.options.Dir, "device-surveyor1", "ks-surveyor1.db"))
	u := signInOn(t, b.client, f, "surveyor1")
	if l := u.Loss(); l == nil || l.LostChanges != 0 || l.SetAside == "" {
		t.Fatalf("the damage was not met: %+v", l)
	}
	mustSync(t, u)
	b.arrived(t, f)
}

// spoilIndex damages a closed device's file where none of its work lies.
func spoilIndex(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	var root, size int
	err = errors.Join(db.QueryRowContext(t.Context(), `SELECT rootpage FROM sqlite_master WHERE name = 'confirmed_by_place'`).Scan(&root),
		db.QueryRowContext(t.Context(), `PRAGMA page_size`).Scan(&size), db.Close())
	if err != nil {
		t.Fatal(err)
	}
	overwrite(t, path, func(d []byte) []byte {
		for i := (root - 1) * size; i < root*size; i++ {
			d[i] ^= 0x5a
		}
		return d
	})
}
