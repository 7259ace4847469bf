package story

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

// settings are what a script must know.
type settings struct {
	Base      string `json:"base"`
	Password  string `json:"password"`
	Puskesmas string `json:"puskesmas"`
	// Pictures is the folder for screenshots; "" none.
	Pictures string `json:"pictures"`
	// Measures is set where times are claims: on a machine that does nothing else.
	Measures bool `json:"measures"`
	// Looks are widths and colour schemes, in which everything is played.
	Looks []look `json:"looks"`
}

type look struct {
	Width  int    `json:"width"`
	Scheme string `json:"scheme"`
}

// playAll is set by `make story`.
const playAll = "KS_STORY_ALL"

func (w *world) settings(t *testing.T) settings {
	t.Helper()
	s := settings{Base: "https://" + w.field.Address, Password: w.field.Password, Puskesmas: "P3204050101", Looks: []look{{360, "light"}}}
	if os.Getenv(playAll) != "" {
		pictures, err := filepath.Abs(filepath.Join(root, "out", "story"))
		if err != nil {
			t.Fatal(err)
		}
		s.Pictures, s.Measures = pictures, true
		s.Looks = []look{{360, "light"}, {360, "dark"}, {1280, "light"}, {1280, "dark"}}
	}
	return s
}

func TestEveryPageOpensCleanForEveryRole(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 2)
	long := strings.Repeat("Panjangsekali", 6) // one word, wider than a phone
	err := w.field.AddPuskesmas(t.Context(), store.Puskesmas{Code: "P3204070101", Name: long, District: "32.04", Villages: []string{"32.04.07.2001"}},
		[]store.Area{{Code: "32.04.07", Name: long}, {Code: "32.04.07.2001", Name: long}})
	if err != nil {
		t.Fatal(err)
	}
	play(t, "pages", w.settings(t), w.deeds())
}

func TestASupervisorReviewsAndDashboardsFollow(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 4)
	play(t, "review", w.settings(t), w.deeds())
}

func TestFilesAreTakenAwayAndHostileTextsStayText(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 2)
	play(t, "exports", w.settings(t), w.deeds())
}

func TestAClerkTypesInPaperFormsOnLine(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 1)
	play(t, "entry", w.settings(t), w.deeds())
}

func TestWhatGoesWrongLeavesAWayOn(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 0)
	deeds := w.deeds()
	deeds["endSessions"] = w.endSessions
	deeds["stopServer"] = func(context.Context, json.RawMessage) (any, error) { return nil, w.field.Stop() }
	deeds["startServer"] = func(ctx context.Context, _ json.RawMessage) (any, error) {
		return nil, w.field.Start(ctx, w.field.Address)
	}
	play(t, "errors", w.settings(t), deeds)
}

func TestConflictsAndDoublesAreSettled(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 2)
	err := w.field.AddPuskesmas(t.Context(), store.Puskesmas{Code: "P3204060101", Name: "Puskesmas Lain", District: "32.04", Villages: []string{"32.04.06.2001"}},
		[]store.Area{{Code: "32.04.06", Name: "Kecamatan Lain"}, {Code: "32.04.06.2001", Name: "Desa Lain"}})
	if err != nil {
		t.Fatal(err)
	}
	w.addDevice(t, "surveyor-p3204060101")
	w.devices["lain"] = w.devices["surveyor-p3204060101"]
	play(t, "doubles", w.settings(t), w.deeds())
}

// Not parallel: it measures time.
func TestPagesAreQuickOnASlowLine(t *testing.T) {
	install(t)
	w := newWorld(t, 0)
	d := newFieldDay(t, w)
	play(t, "slow_line", w.settings(t), map[string]deed{"launch": d.launch, "end": d.stop})
}

// TestExamplesOfTheReferenceWork sends every example that the API page shows.
func TestExamplesOfTheReferenceWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	if _, err := w.collect(t.Context(), []byte(`{"device":"surveyor1","families":2,"place":"001/002"}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.sync(t.Context(), []byte(`{"device":"surveyor1"}`)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "server", "web", "src", "pages", "api-reference", "examples.json"))
	if err != nil {
		t.Fatal(err)
	}
	var examples []example
	if err := json.Unmarshal(text, &examples); err != nil || len(examples) < 5 {
		t.Fatalf("%d examples, %v", len(examples), err)
	}
	browser := w.httpClient(t)
	token := ""
	for _, e := range examples {
		body := strings.NewReplacer("$USER", w.field.Supervisor, "$PASSWORD", w.field.Password).Replace(string(e.Body))
		r, err := http.NewRequestWithContext(t.Context(), e.Method, "https://"+w.field.Address+e.Path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		answer, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(answer.Body)
		isJSON := answer.Header.Get("Content-Type") == "application/json"
		if err = errors.Join(err, answer.Body.Close()); err != nil || answer.StatusCode != http.StatusOK || len(content) == 0 || isJSON && !json.Valid(content) {
			t.Errorf("%s (%s %s): %s, %v, %.200s", e.Title, e.Method, e.Path, answer.Status, err, content)
		}
		var signedIn struct{ AccessToken string }
		if isJSON && json.Unmarshal(content, &signedIn) == nil && signedIn.AccessToken != "" {
			token = signedIn.AccessToken
		}
	}
}

// example is one line of examples.json.
type example struct {
	Title  string          `json:"title"`
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Body   json.RawMessage `json:"body"`
}

// httpClient trusts the world's server.
func (w *world) httpClient(t *testing.T) *http.Client {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(w.field.CertPEM) {
		t.Fatal("the certificate is none")
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS13}}}
}
