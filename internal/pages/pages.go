// Package pages serves the files of a built app, of the server's pages and of
// the field app alike: each compressed once, with a strict policy, and kept by
// browsers as long as their names allow.
package pages

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// Policy is the content security policy of the pages: nothing inline, nothing
// from elsewhere, and markup from text by Svelte's own templates alone.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types svelte-trusted-html"

// hashedFolder holds the files whose names change with their content.
const hashedFolder = "assets/"

// Files serves the files of one built app.
type Files struct {
	byPath  map[string]file
	refused Refusal
}

// file is one built file, as sent.
type file struct {
	plain []byte
	// gzipped compresses when first asked, so that no start waits for files that nobody
	// opens; it gives nil where that makes them no shorter.
	gzipped     func() []byte
	contentType string
	etag        string
}

// NewFiles reads a built app once. Its start page is index.html.
func NewFiles(built fs.FS, refused Refusal) (*Files, error) {
	f := &Files{byPath: map[string]file{}, refused: refused}
	err := fs.WalkDir(built, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(built, name)
		if err != nil {
			return err
		}
		f.byPath[name] = newFile(name, content)
		return nil
	})
	if err == nil && f.byPath["index.html"].plain == nil {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, fmt.Errorf("read built pages: %w", err)
	}
	return f, nil
}

func newFile(name string, content []byte) file {
	sum := sha256.Sum256(content)
	return file{
		plain: content, contentType: contentType(name), etag: `"` + hex.EncodeToString(sum[:16]) + `"`,
		gzipped: sync.OnceValue(func() []byte { return compress(content) }),
	}
}

// compress gives nil where the content would not get shorter.
func compress(content []byte) []byte {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(content)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil || packed.Len() >= len(content) { // a buffer takes everything
		return nil
	}
	return packed.Bytes()
}

// contentType does not ask the machine, whose tables differ.
func contentType(name string) string {
	switch ext := path.Ext(name); ext {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".webmanifest":
		return "application/manifest+json"
	default:
		if t := mime.TypeByExtension(ext); t != "" {
			return t
		}
		return "application/octet-stream"
	}
}

// ServeHTTP sends the file of the path. Files named after their content are kept
// for ever, others are asked for again each time.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		f.refused.NoMethod(w, r, "GET, HEAD")
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" {
		name = "index.html"
	}
	found, ok := f.byPath[name]
	if !ok {
		f.refused.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", Policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	h.Set("Content-Type", found.contentType)
	h.Set("ETag", found.etag)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, hashedFolder) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	content := found.plain
	if acceptsGzip(r) {
		if packed := found.gzipped(); packed != nil {
			h.Set("Content-Encoding", "gzip")
			content = packed
		}
	}
	send(w, r, found.etag, content)
}

func send(w http.ResponseWriter, r *http.Request, etag string, content []byte) {
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(content)))
	if r.Method == http.MethodHead {
		return
	}
	if _, err := w.Write(content); err != nil {
		// The browser has gone.
		return
	}
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(name, "gzip") {
			return strings.ReplaceAll(weight, " ", "") != "q=0"
		}
	}
	return false
}
