package server

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"

	"github.com/keluarga-sehat/sync/internal/wire"
	"github.com/keluarga-sehat/sync/server/api"
)

// bodyBound bounds a body.
type bodyBound struct {
	most int64
	room *api.Room
}

// boundBody lets a request's body be read within a bound.
func boundBody(w http.ResponseWriter, r *http.Request, b bodyBound) *http.Request {
	r = r.WithContext(r.Context()) // a copy: the server closes the body that it knows
	r.Body = &boundedBody{ReadCloser: http.MaxBytesReader(w, r.Body, b.most), bound: b}
	return r
}

// boundedBody is a body that fails past its bound, and keeps with what it is refused then.
type boundedBody struct {
	io.ReadCloser
	bound   bodyBound
	parts   int
	refused error
}

// errPastBound ends the reading of a body that is refused.
var errPastBound = errors.New("the body is past its bound")

// Read reads what there is room for. An empty part takes three bytes of JSON and hundreds
// decoded.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.refused != nil {
		return 0, errPastBound
	}
	n, err := b.ReadCloser.Read(p)
	var large *http.MaxBytesError
	parts := bytes.Count(p[:n], []byte{'{'})
	b.parts += parts
	switch {
	case errors.As(err, &large):
		b.refused = &runtime.HTTPStatusError{HTTPStatus: http.StatusRequestEntityTooLarge, Err: api.BodyTooLarge(b.bound.most)}
	case b.parts > wire.MaxParts:
		b.refused = api.Unreadable(wire.ErrParts.Error())
	default:
		b.refused = b.bound.room.Take(n + parts*wire.PartBytes)
	}
	if b.refused != nil {
		return n, errPastBound
	}
	return n, err
}
