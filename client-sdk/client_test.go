package clientsdk

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Folders are called what people call them: a name is no pattern of others.
func TestUsersAreThoseOfTheFolder(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	dir, other := filepath.Join(parent, "Tablet [1]"), filepath.Join(parent, "Tablet 1")
	for file, content := range map[string]string{
		dir + "/ks-siti.db": "x", dir + "/ks-siti.2.db": "x", dir + "/ks-siti.db-wal": "", dir + "/ks-x.db.rusak": "x", other + "/ks-budi.db": "x",
		// What a first sign-in left that found no space is nobody's data; what was cut off to
		// nothing was somebody's.
		dir + "/ks-rina.db": "", dir + "/ks-rina.db-wal": "", dir + "/ks-ani.db": "", dir + "/ks-ani.db.mark": "x", dir + "/ks-tuti.db": "", dir + "/ks-tuti.db-wal": "x",
	} {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	client, err := Open(Config{Dir: dir, Server: "localhost:1"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.Users()
	if want := []string{"ani", "siti", "siti.2", "tuti"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := client.Deposit(t.Context(), "rina"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a deposit: %v", err)
	}
	if _, err := client.Backup(t.Context(), "rina", io.Discard); !errors.Is(err, ErrNotFound) {
		t.Errorf("a backup: %v", err)
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
}

// What can't be a server's address is not taken for a missing signal.
func TestAServerIsAHostAndAPort(t *testing.T) {
	t.Parallel()
	for _, server := range []string{"", "sync.example.go.id", "sync.example.go.id:", ":8443", "https://sync.example.go.id:8443", "x:1/", "x y:1", "x:70000"} {
		if c, err := Open(Config{Dir: t.TempDir(), Server: server}); !errors.Is(err, ErrServerAddress) {
			t.Errorf("%q: %v, %v", server, c, err)
		}
	}
}
