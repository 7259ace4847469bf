package field

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/registry"
	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/server/exchange"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/sample"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/postgres"
)

// TestNoFileHoldsAnythingOfAPersonInPlain searches every byte of every file that
// server, devices and PostgreSQL leave when they are killed: databases, their
// write-ahead logs and journals, temporary files, logs at their most talkative,
// the ledger of erasures. It is not parallel: all temporary files are to lie in
// the folder that is searched.
func TestNoFileHoldsAnythingOfAPersonInPlain(t *testing.T) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) {
			root, err := os.MkdirTemp("", "ks-")
			if err != nil {
				t.Fatal(err)
			}
			cleanUp(t, func() {
				if err := os.RemoveAll(root); err != nil {
					t.Error(err)
				}
			})
			// PostgreSQL runs as another user.
			if err := os.Chmod(root, 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("TMPDIR", root)
			var s store.Store
			crash := func() error { return nil }
			if engine == "PostgreSQL" {
				s, crash = talkativePostgres(t)
			}
			nothingIsInPlain(t, root, s, crash)
		})
	}
}

// talkativePostgres is a cluster of its own that logs every statement with its
// values.
func talkativePostgres(t *testing.T) (store.Store, func() error) {
	t.Helper()
	c, err := pgtest.StartWith("fsync=off", "logging_collector=on", "log_statement=all", "log_min_messages=debug1", "log_min_error_statement=debug1", "log_parameter_max_length=-1", "log_parameter_max_length_on_error=-1")
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	s, err := postgres.Open(t.Context(), c.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s, c.Crash
}

func nothingIsInPlain(t *testing.T, root string, s store.Store, crash func() error) {
	log, err := os.Create(filepath.Join(root, "server.log"))
	if err != nil {
		t.Fatal(err)
	}
	cleanUp(t, func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	w := newSecretWorld(t, Options{
		Dir: root, Store: s, AuditHeadFile: filepath.Join(root, "audit-head.json"),
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true})),
	})
	w.provoke(t)
	w.exercise(t, root)
	if err := crash(); err != nil {
		t.Fatal(err)
	}
	// All is still open: what lies in the files is what SIGKILL would leave.
	found, read := search(t, root)
	for _, f := range found {
		t.Error(f)
	}
	if log, err := os.ReadFile(filepath.Join(root, "server.log")); err != nil || len(log) == 0 {
		t.Errorf("the server logged nothing, %v", err)
	}
	if read < 1<<20 {
		t.Errorf("%d bytes read: not the databases", read)
	}
	t.Logf("%d MiB searched", read>>20)
}

// provoke makes errors with canaries in what is sent.
func (w *secretWorld) provoke(t *testing.T) {
	t.Helper()
	token := restToken(t, w.Field, sample.Supervisor)
	nik := fmt.Sprint(canaryNIK)
	refused := 0
	for _, x := range []struct{ verb, path, body string }{
		{"POST", "/v1/auth:signIn", `{"userName":"tamu","password":"` + canaryNote + `"}`},
		{"POST", "/v1/auth:signIn", `{"userName":"surveyor1","password":` + nik},
		{"POST", "/v1/families/" + w.families[0].String() + ":judge", `{"outcome":"VERDICT_OUTCOME_APPROVED","judgedDigest":"` + canaryName + `"}`},
		{"POST", "/v1/families/" + w.families[0].String() + ":resolveConflict", `{"kind":"RECORD_KIND_FAMILY","field":9,"seenDigest":"AAAAAAAAAAAAAAAAAAAAAA==","valueJson":"` + canaryName + `"}`},
		{"POST", "/v1/forms/" + w.families[0].String() + ":save", `{"etag":"` + canaryName + `","household":{"family":{"nkk":"` + nik + `x"}}}`},
		{"POST", "/v1/quarantine/" + canaryName + ":decide", `{"admit":true,"note":"` + canaryNote + `"}`},
		{"PUT", fmt.Sprintf("/v1/registrations/%d/letter", w.registration), `{"letter":{"number":"` + canaryLetter + `"},"pdf":"` + canaryPDF + `"}`},
		{"POST", "/v1/accounts:createStaff", `{"staff":[{"person":{"fullName":"` + canaryPerson + `","nik":"` + nik + `"}}]}`},
		{"GET", "/v1/families/" + nik, ""}, {"GET", "/v1/families?area=" + canaryName, ""}, {"GET", "/" + canaryName, ""},
	} {
		if status, _ := rest(t, w.Field, x.verb, token, x.path, x.body); status >= 400 {
			refused++
		}
	}
	if refused < 9 {
		t.Errorf("%d requests were errors", refused)
	}
	u := w.surveyor
	id, _, err := u.StartFamily(t.Context(), village(t, u), "003/001", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []registry.Mode{registry.Garbled, registry.Answers} {
		w.registry.SetMode(mode)
		if _, err := u.FillFromCard(t.Context(), id, nik); err != nil {
			t.Errorf("look-up: %v", err)
		}
	}
	// Work that is saved and not sent.
	unsent := NewGenerator(41, 320405, time.Now()).Family()
	unsent.Family.HeadName = &[]string{canaryName + " Tertunda"}[0]
	if _, err := Interview(t.Context(), u, village(t, u), "001/001", unsent); err != nil {
		t.Fatal(err)
	}
}

// exercise exports, searches, and carries out a person's rights.
func (w *secretWorld) exercise(t *testing.T, root string) {
	t.Helper()
	ctx := store.AsOperator(t.Context())
	for name, reads := range w.reads(t) {
		if len(reads) == 0 {
			t.Errorf("%s reads nothing", name)
		}
	}
	vault := ingest.NewVault(w.Ring, rand.Reader)
	var exported bytes.Buffer
	if _, err := (&exchange.Export{Store: w.Store, Vault: vault, Format: "csv"}).To(ctx, &exported); err != nil || !bytes.Contains(exported.Bytes(), []byte(canaryName)) {
		t.Errorf("export of %d bytes: %v", exported.Len(), err)
	}
	core := &ingest.Core{Store: w.Store, Vault: vault, Now: time.Now}
	rights := &person.Service{Store: w.Store, Core: core, Now: time.Now, Rand: rand.Reader, Ledger: filepath.Join(root, "erasures.jsonl")}
	find := func(who person.Selector) []person.Found {
		t.Helper()
		found, err := rights.Find(ctx, who)
		if err != nil || len(found) == 0 {
			t.Fatalf("find: %d, %v", len(found), err)
		}
		return found
	}
	one := find(person.Selector{NIK: canaryNIK})
	if _, err := rights.Corrections(ctx, one[0]); err != nil {
		t.Error(err)
	}
	if err := rights.Restrict(ctx, find(person.Selector{NKK: canaryNKK + 1}), true); err != nil {
		t.Error(err)
	}
	if done, err := rights.Erase(ctx, one); err != nil || done != len(one) {
		t.Errorf("erased %d: %v", done, err)
	}
	mustSync(t, w.surveyor)
	w.searchTrail(t)
	if _, n := w.surveyor.Families(clientsdk.Query{Text: canaryName}); n == 0 {
		t.Error("the device finds nobody of the name")
	}
}

// searchTrail reads the trail as people do.
func (w *secretWorld) searchTrail(t *testing.T) {
	t.Helper()
	var entries any
	restGet(t, w.Field, restToken(t, w.Field, sample.Administrator), "/v1/audit/entries?pageSize=500", &entries)
	text, err := json.Marshal(entries)
	if err != nil {
		t.Fatal(err)
	}
	for name, forms := range canaries() {
		for _, d := range forms {
			if bytes.Contains(text, d.bytes) {
				t.Errorf("the trail tells a %s, %s", name, d.name)
			}
		}
	}
	if len(text) < 100 {
		t.Error("the trail is empty")
	}
}
