package web

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strconv"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/keluarga-sehat/sync/internal/pages"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/api"
)

// sessionCookie holds a browser's refresh token. The prefix binds it to this
// host over TLS; it has no lifetime, so it ends with the browser.
const sessionCookie = "__Host-ks-session"

// maxSessionBody bounds what a sign-in may send.
const maxSessionBody = 4096

// Handler serves the pages at / and their session calls below /session/, which
// it makes on auth like any client, so that access, limits and audit are those
// of everybody. Only requests from the own pages are taken there: the cookie is
// SameSite=Strict, and a request from elsewhere is refused by its origin.
func Handler(auth ksv1.AuthServiceClient) (http.Handler, error) {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	files, err := pages.NewFiles(built, Refused)
	if err != nil {
		return nil, err
	}
	s := sessions{auth}
	calls := http.NewServeMux()
	calls.HandleFunc("POST /session/sign-in", s.signIn)
	calls.HandleFunc("POST /session/refresh", s.refresh)
	calls.HandleFunc("POST /session/sign-out", s.signOut)
	calls.HandleFunc("/session/", func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := calls.Handler(&http.Request{Method: http.MethodPost, URL: r.URL}); pattern != "/session/" {
			Refused.NoMethod(w, r, http.MethodPost)
			return
		}
		Refused.NotFound(w, r)
	})
	root := http.NewServeMux()
	root.Handle("/session/", http.NewCrossOriginProtection().Handler(calls))
	root.Handle("/", files)
	return root, nil
}

// Refused tells of an address or a method that is not there, as of one below /v1/.
var Refused pages.Refusal = func(c codes.Code) error { return api.Explained(status.Error(c, c.String())) }

// sessions are the calls by which a page has a session.
type sessions struct {
	auth ksv1.AuthServiceClient
}

// grant is what a page has of its session: the token that it keeps in memory, and
// who it acts for (GetSelfResponse), so that on a slow line it need not ask.
type grant struct {
	AccessToken       string          `json:"accessToken"`
	AccessExpiresAtMS string          `json:"accessExpiresAtMs"`
	Self              json.RawMessage `json:"self"`
}

// signIn takes user name and password and begins a session. Its refresh token
// goes into the cookie.
func (s sessions) signIn(w http.ResponseWriter, r *http.Request) {
	var form struct {
		UserName string `json:"userName"`
		Password string `json:"password"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, maxSessionBody)).Decode(&form); err != nil {
		fail(w, api.Unreadable("no JSON object with userName and password"))
		return
	}
	ctx := metadata.AppendToOutgoingContext(shown(r), "x-browser", browserOf(r))
	out, err := s.auth.SignIn(ctx, &ksv1.SignInRequest{UserName: form.UserName, Password: form.Password})
	if err != nil {
		fail(w, err)
		return
	}
	setCookie(w, out.GetRefreshToken())
	s.reply(w, r, out)
}

// refresh exchanges the cookie's token. Several pages of one browser share it
// and may ask at one time: the nonce follows from the token, so that all of them
// get the same successor and none looks like a thief.
func (s sessions) refresh(w http.ResponseWriter, r *http.Request) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil || cookie.Value == "" {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	nonce := sha256.Sum256([]byte("keluarga-sehat/browser-refresh" + cookie.Value))
	out, err := s.auth.RefreshToken(shown(r), &ksv1.RefreshTokenRequest{RefreshToken: cookie.Value, Nonce: nonce[:16]})
	if err != nil {
		if c := status.Code(err); c == codes.Unauthenticated || c == codes.PermissionDenied {
			setCookie(w, "")
		}
		fail(w, err)
		return
	}
	setCookie(w, out.GetRefreshToken())
	s.reply(w, r, out)
}

// reply tells the page who it acts for, as anybody may ask who holds the token.
func (s sessions) reply(w http.ResponseWriter, r *http.Request, token interface {
	GetAccessToken() string
	GetAccessExpiresAtMs() uint64
}) {
	ctx := metadata.AppendToOutgoingContext(forwarded(r), "authorization", "Bearer "+token.GetAccessToken())
	self, err := s.auth.GetSelf(ctx, &ksv1.GetSelfRequest{})
	if err != nil {
		fail(w, err)
		return
	}
	text, err := marshaler.Marshal(self)
	if err != nil {
		fail(w, err)
		return
	}
	text, err = json.Marshal(grant{token.GetAccessToken(), strconv.FormatUint(token.GetAccessExpiresAtMs(), 10), text})
	if err != nil {
		fail(w, err)
		return
	}
	send(w, http.StatusOK, text)
}

// signOut ends the cookie's session on the server and in the browser.
func (s sessions) signOut(w http.ResponseWriter, r *http.Request) {
	cookie, err := r.Cookie(sessionCookie)
	if err == nil && cookie.Value != "" {
		if _, err := s.auth.SignOut(shown(r), &ksv1.SignOutRequest{RefreshToken: cookie.Value}); err != nil {
			fail(w, err)
			return
		}
	}
	setCookie(w, "")
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	w.WriteHeader(http.StatusNoContent)
}

// forwarded names the browser's address to the inside, as the gateway does.
func forwarded(r *http.Request) context.Context {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return metadata.AppendToOutgoingContext(r.Context(), "x-forwarded-for", host)
}

// shown is forwarded with the page's last token, though it be over.
func shown(r *http.Request) context.Context {
	token := r.Header.Get("Authorization")
	if token == "" {
		return forwarded(r)
	}
	return metadata.AppendToOutgoingContext(forwarded(r), "authorization", token)
}

// setCookie keeps a refresh token in the browser; "" removes it.
func setCookie(w http.ResponseWriter, token string) {
	c := &http.Cookie{Name: sessionCookie, Value: token, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode}
	if token == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// marshaler writes messages as the gateway does.
var marshaler = protojson.MarshalOptions{EmitUnpopulated: true}

// fail sends a status as the gateway does.
func fail(w http.ResponseWriter, err error) {
	s := status.Convert(err)
	text, err := marshaler.Marshal(s.Proto())
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	api.SetRetryAfter(w.Header(), s.Err())
	send(w, runtime.HTTPStatusFromCode(s.Code()), text)
}

func send(w http.ResponseWriter, code int, text []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	if _, err := w.Write(text); err != nil {
		// The browser has gone.
		return
	}
}
