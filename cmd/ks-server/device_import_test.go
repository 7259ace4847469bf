package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// TestADeadDevicesFileIsImportedFromAStick: its work stands under its author's
// name, once, and the trail tells that an operator brought it.
func TestADeadDevicesFileIsImportedFromAStick(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := field.New(t.Context(), field.Options{Dir: dir, Surveyors: 1})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := f.Ring.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	stick := filepath.Join(t.TempDir(), "cadangan.ksb")
	writeBackup(t, f, stick)
	for path, data := range map[string][]byte{filepath.Join(dir, "keys.json"): keys, stick + ".cut": cutShort(t, stick), stick + ".none": []byte("halo")} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}

	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{stick, 0, "3 pieces of work: 3 new, 0 here before or erased, 0 wait for a decision, 0 refused"},
		{stick, 0, "3 pieces of work: 0 new, 3 here before or erased, 0 wait for a decision, 0 refused"},
		{stick + ".cut", 1, "damaged"},
		{stick + ".none", 1, "no backup file"},
	} {
		var out, errs bytes.Buffer
		code := Run(t.Context(), []string{"device", "import", "--dir", dir, c.args}, strings.NewReader(""), &out, &errs)
		if code != c.code || !strings.Contains(out.String()+errs.String(), c.want) {
			t.Errorf("import %s: code %d, %s%s; want %d, %q", filepath.Base(c.args), code, &out, &errs, c.code, c.want)
		}
	}
	var trail bytes.Buffer
	if code := Run(t.Context(), []string{"audit", "export", "--dir", dir}, strings.NewReader(""), &trail, &trail); code != 0 || strings.Count(trail.String(), `"ks-server device import"`) != 4 {
		t.Errorf("the trail: %s", &trail)
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(dir, "server.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if found, err := server.Verify(t.Context(), s, f.Ring, nil); err != nil || found.Families != 1 || found.Changes != 3 || len(found.Differences) > 0 {
		t.Errorf("at the server: %+v, %v", found, err)
	}
}

// writeBackup lets a surveyor record a family offline, and export it.
func writeBackup(t *testing.T, f *field.Field, path string) {
	t.Helper()
	c, err := f.Device("tablet")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	u, err := c.SignIn(t.Context(), f.Surveyors[0].Name, f.Password)
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	if _, err := u.Sync(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	villages, err := u.Villages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := field.Interview(t.Context(), u, villages[0].GetVillage(), "001/001", field.NewGenerator(3, 320405, time.Now()).Family()); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if _, err := u.Backup(t.Context(), &file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func cutShort(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data[:len(data)-7]
}
