package pages

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func told(c codes.Code) error {
	s, err := status.New(c, "for developers").WithDetails(&errdetails.LocalizedMessage{Locale: "id-ID", Message: "Tidak <ada>."})
	if err != nil {
		return err
	}
	return s.Err()
}

func built(t *testing.T) *Files {
	t.Helper()
	files, err := NewFiles(fstest.MapFS{
		"index.html":         {Data: []byte("<p>" + strings.Repeat("halaman ", 100) + "</p>")},
		"assets/index-a1.js": {Data: []byte(strings.Repeat("let a = 1;", 100))},
	}, told)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Not parallel: it counts what the process allocates. A writer of gzip takes 800 kB.
func TestNoStartCompressesWhatNobodyOpens(t *testing.T) {
	allocated := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.TotalAlloc
	}
	before := allocated()
	files := built(t)
	if n := allocated() - before; n > 100_000 {
		t.Errorf("a start with two small files took %d bytes", n)
	}
	packed := get(t, files, "/", http.Header{"Accept-Encoding": {"gzip"}})
	if packed.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("headers %v", packed.Header)
	}
	before = allocated()
	get(t, files, "/", http.Header{"Accept-Encoding": {"gzip"}})
	if n := allocated() - before; n > 100_000 {
		t.Errorf("a page that was sent before took %d bytes", n)
	}
}

func get(t *testing.T, h http.Handler, path string, header http.Header) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestNothingInlineIsAllowed(t *testing.T) {
	t.Parallel()
	policy := get(t, built(t), "/", nil).Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %q", policy, want)
		}
	}
	for _, bad := range []string{"unsafe", "*", "http:"} {
		if strings.Contains(policy, bad) {
			t.Errorf("the policy %q allows %q", policy, bad)
		}
	}
}

func TestHashedFilesAreKeptAndOthersAskedForAgain(t *testing.T) {
	t.Parallel()
	files := built(t)
	if got := get(t, files, "/assets/index-a1.js", nil).Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("hashed: %q", got)
	}
	first := get(t, files, "/", nil)
	if got := first.Header.Get("Cache-Control"); got != "no-cache" {
		t.Errorf("start page: %q", got)
	}
	again := get(t, files, "/", http.Header{"If-None-Match": {first.Header.Get("ETag")}})
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again: %d", again.StatusCode)
	}
}

func TestFilesComeCompressedToWhoTakesThem(t *testing.T) {
	t.Parallel()
	files := built(t)
	packed := get(t, files, "/assets/index-a1.js", http.Header{"Accept-Encoding": {"br;q=1, gzip"}})
	r, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil || !strings.HasPrefix(string(text), "let a = 1;") {
		t.Errorf("unpacked: %.20q, %v", text, err)
	}
	for _, header := range []http.Header{nil, {"Accept-Encoding": {"gzip;q=0"}}} {
		if got := get(t, files, "/", header).Header.Get("Content-Encoding"); got != "" {
			t.Errorf("%v: sent as %q", header, got)
		}
	}
}

func TestOnlyBuiltFilesAreServed(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/none", "/assets/", "/assets/../pages.go", "/index.html/x"} {
		if got := get(t, built(t), path, nil).StatusCode; got != http.StatusNotFound {
			t.Errorf("%s: %d", path, got)
		}
	}
}

func TestABrowserIsRefusedWithAPageAndOthersAsCallsAre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, accept, kind, text string
		code                       int
	}{
		{http.MethodGet, "text/html,*/*;q=0.8", "text/html; charset=utf-8", "<p>Tidak &lt;ada&gt;.</p>", http.StatusNotFound},
		{http.MethodGet, "", "application/json", `"message":"Tidak <ada>."`, http.StatusNotFound},
		{http.MethodPost, "text/html", "application/json", `"message":"Tidak <ada>."`, http.StatusMethodNotAllowed},
	} {
		r := httptest.NewRequestWithContext(t.Context(), c.method, "/dashboard", nil)
		r.Header.Set("Accept", c.accept)
		w := httptest.NewRecorder()
		built(t).ServeHTTP(w, r)
		body := strings.ReplaceAll(strings.ReplaceAll(w.Body.String(), `": "`, `":"`), `\u003c`, "<")
		if w.Code != c.code || w.Header().Get("Content-Type") != c.kind || !strings.Contains(body, c.text) || (w.Header().Get("Allow") != "") != (c.code == http.StatusMethodNotAllowed) {
			t.Errorf("%s for %q: %d %v %s", c.method, c.accept, w.Code, w.Header(), body)
		}
	}
}

func TestAnAppWithoutAStartPageIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := NewFiles(fstest.MapFS{"assets/a.js": {Data: []byte("1")}}, told); err == nil {
		t.Error("taken")
	}
}
