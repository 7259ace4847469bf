package pages

import (
	"html/template"
	"net/http"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
)

// Refusal is the status, with its details, by which whoever serves pages refuses an address
// that is not there (NotFound) or a method that it does not have (Unimplemented).
type Refusal func(codes.Code) error

// refusedPage is what a browser shows of a refusal.
var refusedPage = template.Must(template.New("refused").Parse(`<!doctype html>
<html lang="id">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Keluarga Sehat</title>
<h1>Halaman tidak ditemukan</h1>
<p>{{.}}</p>
<p><a href="/">Ke halaman awal</a></p>
</html>
`))

// NotFound refuses an address that is not there.
func (told Refusal) NotFound(w http.ResponseWriter, r *http.Request) {
	told.refuse(w, r, http.StatusNotFound, codes.NotFound)
}

// NoMethod refuses a method that the address does not have; allowed are those that it has.
func (told Refusal) NoMethod(w http.ResponseWriter, r *http.Request, allowed string) {
	w.Header().Set("Allow", allowed)
	told.refuse(w, r, http.StatusMethodNotAllowed, codes.Unimplemented)
}

// refuse answers who opens an address in a browser with a page, and others as calls are
// refused.
func (told Refusal) refuse(w http.ResponseWriter, r *http.Request, code int, c codes.Code) {
	s := status.Convert(told(c))
	h := w.Header()
	if r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html") {
		h.Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(code)
		if err := refusedPage.Execute(w, textOf(s)); err != nil {
			return // the browser has gone
		}
		return
	}
	body, err := protojson.Marshal(s.Proto())
	if err != nil {
		http.Error(w, textOf(s), code)
		return
	}
	h.Set("Content-Type", "application/json")
	w.WriteHeader(code)
	if _, err := w.Write(body); err != nil {
		return // the client has gone
	}
}

// textOf is a status for people.
func textOf(s *status.Status) string {
	for _, d := range s.Details() {
		if text, ok := d.(*errdetails.LocalizedMessage); ok {
			return text.GetMessage()
		}
	}
	return s.Message()
}
