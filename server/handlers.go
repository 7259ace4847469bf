package server

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/server/api"
	"github.com/keluarga-sehat/sync/server/rates"
)

// unread is what a request that never becomes a call is refused with; the guard counts it.
type unread func(address string, err error) error

// explain answers an error, also of what the gateway can't read, as calls do.
func (u unread) explain(ctx context.Context, mux *runtime.ServeMux, m runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	err = u.refusal(r, err)
	api.SetRetryAfter(w.Header(), err)
	runtime.DefaultHTTPErrorHandler(ctx, mux, m, w, r, err)
}

// noSuchPath answers where the gateway finds no route. Wrong methods of the contract's
// addresses are refused before; of what the gateway takes for one, as with a slash behind it,
// no method is right.
func noSuchPath(ctx context.Context, mux *runtime.ServeMux, m runtime.Marshaler, w http.ResponseWriter, r *http.Request, code int) {
	if code == http.StatusMethodNotAllowed {
		code = http.StatusNotFound
	}
	runtime.DefaultRoutingErrorHandler(ctx, mux, m, w, r, code)
}

// refusal is what a request is refused with; one that could not be read for the size of
// its body is told the bound.
func (u unread) refusal(r *http.Request, err error) error {
	refused := u(addressOf(r), err)
	body, ok := r.Body.(*boundedBody)
	if !ok || body.refused == nil || status.Code(refused) != codes.InvalidArgument {
		return refused
	}
	return body.refused
}

// readable refuses a path or a query of other bytes than text, which no call can take.
func (u unread) readable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := url.QueryUnescape(r.URL.RawQuery)
		if !utf8.ValidString(r.URL.Path) || err == nil && !utf8.ValidString(query) {
			refuseFile(w, u(addressOf(r), status.Error(codes.InvalidArgument, "the path or the query is not UTF-8")))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// A GET takes no body. Some libraries send one all the same, such as "null", or announce one
// without a length that is empty: so much, within so long, is read and left.
const (
	maxIdleBody     = 1 << 10
	idleBodyTimeout = 5 * time.Second
)

// bodiless refuses, and breaks off, a GET with a body: nothing reads one, and a connection
// would wait for what never comes of it.
func (u unread) bodiless(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.ContentLength == 0 || r.Method != http.MethodGet && r.Method != http.MethodHead || idle(control, r) {
			next.ServeHTTP(w, r)
			return
		}
		if err := control.SetReadDeadline(time.Now()); err != nil {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set("Connection", "close")
		refuseFile(w, u(addressOf(r), status.Error(codes.InvalidArgument, "a "+r.Method+" takes no body")))
	})
}

// idle tells whether a body is of those that are read and left. The connection's deadline is
// the usual one again then.
func idle(control *http.ResponseController, r *http.Request) bool {
	if r.ContentLength > maxIdleBody || control.SetReadDeadline(time.Now().Add(idleBodyTimeout)) != nil {
		return false
	}
	n, err := io.Copy(io.Discard, io.LimitReader(r.Body, maxIdleBody+1))
	return n <= maxIdleBody && err == nil && control.SetReadDeadline(time.Now().Add(readTimeout)) == nil
}

// legible drops an Authorization that no call can carry: whoever sent it has none.
func legible(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dropIllegible(r)
		next.ServeHTTP(w, r)
	})
}

// dropIllegible drops an Authorization of other bytes than printable ASCII.
func dropIllegible(r *http.Request) {
	illegible := func(c rune) bool { return c < ' ' || c > '~' }
	if slices.ContainsFunc(r.Header["Authorization"], func(v string) bool { return strings.ContainsFunc(v, illegible) }) {
		r.Header.Del("Authorization")
	}
}

// requests are those over HTTP that are under way; each holds it for reading. What comes
// after the end of all connections is answered to nobody, and not waited for.
type requests struct{ under sync.RWMutex }

func (q *requests) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q.under.RLock()
		defer q.under.RUnlock()
		next.ServeHTTP(w, r)
	})
}

// wait returns when none is under way.
func (q *requests) wait() {
	q.under.Lock()
	defer q.under.Unlock()
}

// limitRequests slows who asks for too many pages; calls are
// limited where they are let in.
func limitRequests(allow func(address string, authorization []string) error, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var often *rates.TooManyCalls
		if errors.As(allow(addressOf(r), r.Header["Authorization"]), &often) {
			w.Header().Set("Retry-After", strconv.Itoa(int(often.Wait.Seconds())))
			http.Error(w, "Terlalu banyak permintaan. Tunggu sebentar lalu coba lagi.", http.StatusTooManyRequests)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// connectionKey holds the connection that a request comes on.
type connectionKey struct{}

func withConnection(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, conn)
}

// owned tells own on which connections requests show a token.
func owned(own func(conn net.Conn, authorization []string), next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, ok := r.Context().Value(connectionKey{}).(net.Conn); ok {
			own(conn, r.Header["Authorization"])
		}
		next.ServeHTTP(w, r)
	})
}

// addressOf is the address that a request comes from.
func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// allowHeader lets only the authorization pass into the call's metadata, so
// that no client forges what the inside believes.
func allowHeader(name string) (string, bool) {
	if strings.EqualFold(name, "authorization") {
		return "authorization", true
	}
	return "", false
}

func secureHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Strict-Transport-Security", "max-age=31536000")
		next.ServeHTTP(w, r)
	})
}
