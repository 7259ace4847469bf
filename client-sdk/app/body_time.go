package app

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// bodyTimeout bounds how long a request's body may take, also of one that is refused or
// does not read it; the page is on the same device.
const bodyTimeout = time.Minute

// bodyInTime bounds how long a request may take until its body is there: a call may take longer,
// as a sync does, and the server's own ReadTimeout would end it.
func bodyInTime(most time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength == 0 {
			next.ServeHTTP(w, r)
			return
		}
		control := http.NewResponseController(w)
		// What serves no connections, as a test's recorder, has no deadlines.
		if err := control.SetReadDeadline(time.Now().Add(most)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			panic(http.ErrAbortHandler)
		}
		whole := r.WithContext(r.Context()) // a copy: the server closes the body that it knows
		whole.Body = &timedBody{ReadCloser: r.Body, read: func() error { return control.SetReadDeadline(time.Time{}) }}
		next.ServeHTTP(w, whole)
	})
}

// timedBody tells when it was read to its end.
type timedBody struct {
	io.ReadCloser
	read func() error
}

// Read tells of the end.
func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		if lifted := b.read(); lifted != nil && !errors.Is(lifted, http.ErrNotSupported) {
			return n, lifted
		}
	}
	return n, err
}
