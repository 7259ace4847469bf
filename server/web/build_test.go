package web

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// modules installs the packages of the lock file.
func modules(t *testing.T) {
	t.Helper()
	install := exec.CommandContext(t.Context(), "../../.ci/install", "modules")
	if text, err := install.CombinedOutput(); err != nil {
		t.Fatalf("install: %v\n%s", err, text)
	}
}

// node runs one of the package's scripts, with the packages of the lock file.
func node(t *testing.T, script string, arguments ...string) {
	t.Helper()
	modules(t)
	run := exec.CommandContext(t.Context(), "node", append([]string{script}, arguments...)...)
	if text, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, text)
	}
}

// builtApps are the folders of built files by the apps' names in scripts/apps.mjs.
var builtApps = map[string]string{"pages": "dist", "field": "../../client-sdk/app/dist"}

func TestCommittedPagesAreWhatTheSourcesBuild(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	node(t, "scripts/build.mjs", out)
	apps, err := os.ReadDir(out)
	if err != nil || len(apps) == 0 {
		t.Fatalf("%d apps were built, %v", len(apps), err)
	}
	for _, app := range apps {
		want, have := filesOf(t, filepath.Join(out, app.Name())), filesOf(t, builtApps[app.Name()])
		for name, content := range want {
			if !bytes.Equal(have[name], content) {
				t.Errorf("%s: %s is not what 'make pages' writes", app.Name(), name)
			}
		}
		for name := range have {
			if want[name] == nil {
				t.Errorf("%s: %s is left from an older build; 'make pages' removes it", app.Name(), name)
			}
		}
	}
}

func filesOf(t *testing.T, folder string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		out[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestTheClientsAreWhatTheContractsGenerate(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	node(t, "scripts/api.mjs", out)
	for _, source := range []string{"src/shared/api/schema.d.ts", "src/field/device.d.ts"} {
		want, err := os.ReadFile(filepath.Join(out, filepath.Base(source)))
		if err != nil {
			t.Fatal(err)
		}
		have, err := os.ReadFile(source)
		if err != nil || !bytes.Equal(want, have) {
			t.Errorf("%s is not what 'make generate' writes (%v)", source, err)
		}
	}
}
