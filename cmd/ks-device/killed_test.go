package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/cmd/ks-sim/field"
	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/internal/wire"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/sample"
)

// envRunApp makes the test's own program run ks-device with these arguments.
const envRunApp = "KS_TEST_RUN_APP"

// canary is part of every name that this test saves: it may stand in no file.
const canary = "Kenariwati"

// killing is one device whose app is killed again and again.
type killing struct {
	t     *testing.T
	field *field.Field
	dir   string
	// saved are names whose saves were answered.
	saved []string
}

// runningApp is one start of it.
type runningApp struct {
	*killing
	command *exec.Cmd
	address string
	key     string
	ended   chan error
	// killAfter kills it so long after somebody has signed in; 0: not.
	killAfter time.Duration
}

// start starts the app; dieAt names a step of a planted build at which it dies.
func (k *killing) start(dieAt string) *runningApp {
	k.t.Helper()
	pin, err := wire.PinOf(k.field.CertPEM)
	if err != nil {
		k.t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		k.t.Fatal(err)
	}
	a := &runningApp{killing: k, command: exec.CommandContext(k.t.Context(), self), ended: make(chan error, 1)}
	a.command.Env = append(os.Environ(), planted.EnvDieAt+"="+dieAt, "TMPDIR="+k.dir,
		envRunApp+"="+fmt.Sprintf("app --dir %s --server %s --pin %s", k.dir, k.field.Address, pin))
	out, err := a.command.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := a.command.Start(); err != nil {
		k.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		k.t.Fatal("the app printed nothing")
	}
	_, text, _ := strings.Cut(lines.Text(), "Keluarga Sehat: ")
	a.address, a.key, _ = strings.Cut(text, "/#kunci=")
	go func() { a.ended <- a.command.Wait() }()
	return a
}

// kill ends the app as SIGKILL does, and waits.
func (a *runningApp) kill() {
	_ = a.command.Process.Kill()
	<-a.ended
}

// errGone: the app did not answer; it is dead.
var errGone = errors.New("the app is gone")

func (a *runningApp) call(method, path string, body any) (map[string]any, error) {
	a.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		a.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(a.t.Context(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, a.address+path, bytes.NewReader(data))
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+a.key)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, errGone
	}
	defer response.Body.Close()
	out := map[string]any{}
	if err := json.NewDecoder(response.Body).Decode(&out); err != nil {
		return nil, errGone
	}
	if response.StatusCode != http.StatusOK {
		a.t.Fatalf("%s %s: %s %v", method, path, response.Status, out)
	}
	return out, nil
}

// work signs in, saves, searches and syncs, until it is done or the app is gone.
func (a *runningApp) work(round string, saves int) error {
	if _, err := a.call(http.MethodPost, "/v1/app:signIn", map[string]any{"userName": "surveyor1", "password": a.field.Password}); err != nil {
		return err
	}
	if a.killAfter > 0 {
		defer time.AfterFunc(a.killAfter, func() { _ = a.command.Process.Kill() }).Stop()
	}
	if len(a.saved) == 0 {
		if err := a.sync(); err != nil {
			return err
		}
	}
	for n := range saves {
		name := fmt.Sprintf("%s %s-%d", canary, round, n)
		_, err := a.call(http.MethodPost, "/v1/forms", map[string]any{
			"villageCode": sample.VillageCodes()[0], "place": "001/001", "family": map[string]any{"headName": name},
		})
		if err != nil {
			return err
		}
		a.saved = append(a.saved, name)
		if _, err := a.call(http.MethodPost, "/v1/forms:search", map[string]any{"text": name}); err != nil {
			return err
		}
	}
	return a.sync()
}

func (a *runningApp) sync() error {
	if _, err := a.call(http.MethodPost, "/v1/app/sync:start", map[string]any{}); err != nil {
		return err
	}
	for {
		status, err := a.call(http.MethodGet, "/v1/app/status", nil)
		if err != nil {
			return err
		}
		if state, _ := status["sync"].(map[string]any); state["running"] != true {
			return nil
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// tellsNothing looks through every file of the device for what was saved.
func (k *killing) tellsNothing(when string) {
	k.t.Helper()
	err := filepath.WalkDir(k.dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && d.IsDir() {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if bytes.Contains(bytes.ToLower(data), []byte(strings.ToLower(canary))) {
			k.t.Errorf("%s: %s holds a name", when, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		k.t.Fatal(err)
	}
}

// holdsAll checks, on a fresh start, that whatever was answered is there.
func (k *killing) holdsAll(when string) {
	k.t.Helper()
	a := k.start("")
	defer a.kill()
	if _, err := a.call(http.MethodPost, "/v1/app:signIn", map[string]any{"userName": "surveyor1", "password": k.field.Password}); err != nil {
		k.t.Fatalf("%s: %v", when, err)
	}
	list, err := a.call(http.MethodPost, "/v1/forms:search", map[string]any{"pageSize": 1000, "text": canary})
	if err != nil {
		k.t.Fatalf("%s: %v", when, err)
	}
	found := map[string]bool{}
	households, _ := list["households"].([]any)
	for _, h := range households {
		name, _ := h.(map[string]any)["headName"].(string)
		found[name] = true
	}
	for _, name := range k.saved {
		if !found[name] {
			k.t.Errorf("%s: %s was saved, and is gone", when, name)
		}
	}
	if status, err := a.call(http.MethodGet, "/v1/app/status", nil); err != nil || status["loss"] != nil {
		k.t.Errorf("%s: %v, %v", when, status["loss"], err)
	}
	k.tellsNothing(when + ", while the app runs")
}

// TestAnAppThatIsKilledLosesAndTellsNothing kills the app with its first start,
// its saves, searches and syncs under way: at instants of the clock, and in a
// planted build (-tags planted) at every named step too.
func TestAnAppThatIsKilledLosesAndTellsNothing(t *testing.T) {
	t.Parallel()
	f, err := field.New(t.Context(), field.Options{Dir: t.TempDir(), Surveyors: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	k := &killing{t: t, field: f, dir: t.TempDir()}
	first := k.start("")
	if err := first.work("awal", 3); err != nil {
		t.Fatal(err)
	}
	k.tellsNothing("while the app runs")
	first.kill()
	k.tellsNothing("after the app was killed")
	cold := k.start("")
	cold.kill()
	k.holdsAll("killed at its start")
	for _, after := range []time.Duration{3 * time.Millisecond, 30 * time.Millisecond, 90 * time.Millisecond, 200 * time.Millisecond} {
		a := k.start("")
		a.killAfter = after
		_ = a.work(after.String(), 50)
		a.kill()
		k.tellsNothing("killed after " + after.String())
		k.holdsAll("killed after " + after.String())
	}
	if planted.Active {
		for _, step := range planted.DeviceSteps {
			for n := 1; n <= 3; n++ {
				at := fmt.Sprintf("%s:%d", step, n)
				a := k.start(at)
				_ = a.work(at, 4)
				a.kill()
				k.tellsNothing(at)
				k.holdsAll(at)
			}
		}
	}
	last := k.start("")
	defer last.kill()
	if err := last.work("akhir", 1); err != nil {
		t.Fatal(err)
	}
	found, err := server.Verify(t.Context(), f.Store, f.Ring, nil)
	if err != nil || found.Families < len(k.saved) || len(found.Differences) > 0 {
		t.Errorf("the server has %+v of %d saves, %v", found, len(k.saved), err)
	}
	t.Logf("%d saves, %d families at the server", len(k.saved), found.Families)
}
