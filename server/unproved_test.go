package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/internal/syncing"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/rates"
)

// signed is a token that the server has signed, of a session that it does not know.
func signed(t *testing.T, s *Server) string {
	t.Helper()
	key, id, err := s.config.Ring.TokenKey()
	if err != nil {
		t.Fatal(err)
	}
	unsigned := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"sub": "1", "aud": "keluarga-sehat-sync", "exp": time.Now().Add(time.Hour).Unix(), "typ": "access", "sid": []byte("none"),
	})
	unsigned.Header["kid"] = fmt.Sprint(id)
	token, err := unsigned.SignedString(key[:])
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// dialed is a gRPC connection to a running server.
func dialed(t *testing.T, s *Server) *grpc.ClientConn {
	t.Helper()
	trust := credentials.NewTLS(&tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12})
	conn, err := grpc.NewClient(s.Addr().String(), grpc.WithTransportCredentials(trust))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// begun sends a call's headers and no message.
func begun(ctx context.Context, t *testing.T, conn *grpc.ClientConn, method string) grpc.ClientStream {
	t.Helper()
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, method)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

// The answer comes before the message, which is never sent: nobody reads it for a stranger.
func TestAMessageOfWhoHasNoTokenIsNotRead(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	running(t, s)
	conn := dialed(t, s)
	for method, reason := range map[string]string{
		ksv1.FormService_SaveForm_FullMethodName:                         syncing.ReasonTokenInvalid,
		ksv1.RegistrationService_SetRegistrationPuskesmas_FullMethodName: syncing.ReasonTokenInvalid,
		ksv1.SyncService_Sync_FullMethodName:                             syncing.ReasonTokenInvalid,
		ksv1.FeedService_GetFeed_FullMethodName:                          "FEED_TOKEN",
	} {
		for _, token := range []string{"", "Bearer x", "Bearer ksf_x", "Basic eDp4"} {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			if token != "" {
				ctx = metadata.AppendToOutgoingContext(ctx, "authorization", token)
			}
			refused := status.Convert(begun(ctx, t, conn, method).RecvMsg(&ksv1.SaveFormResponse{}))
			told, text := "", ""
			for _, d := range refused.Details() {
				switch d := d.(type) {
				case *errdetails.ErrorInfo:
					told = d.GetReason()
				case *errdetails.LocalizedMessage:
					text = d.GetMessage()
				}
			}
			if refused.Code() != codes.Unauthenticated || told != reason || text == "" {
				t.Errorf("%s with %q: %v, %q, %q", method, token, refused, told, text)
			}
		}
	}
}

// What can't be read is not found out: nobody decodes it for a stranger.
func TestABodyOfWhoHasNoTokenIsNotDecoded(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{})
	running(t, s)
	for request, headers := range map[string][]string{
		"POST /v1/forms/0190a3e4-0000-7000-8000-000000000000:save": nil,
		"PUT /v1/support/32.04":       {"Authorization: Bearer x"},
		"POST /v1/exports/families":   nil,
		"POST /v1/accounts/7:disable": {"Authorization: Basic eDp4"},
		// The gateway takes it for a GET.
		"POST /v1/auth/self": {"Content-Type: application/x-www-form-urlencoded"},
		// And this for a PUT.
		"POST /v1/support/32.04": {"Content-Type: application/x-www-form-urlencoded", "X-HTTP-Method-Override: put"},
	} {
		const unreadable = "{%%"
		headers = append(headers, fmt.Sprint("Content-Length: ", len(unreadable), "\r\n\r\n", unreadable))
		answer, err := http.ReadResponse(askSilently(t, s.Addr().String(), request, headers...), nil)
		if err != nil {
			t.Errorf("%s: %v", request, err)
			continue
		}
		text, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusUnauthorized || reasonOf(string(text)) != syncing.ReasonTokenInvalid || !strings.Contains(string(text), "Silakan masuk kembali") {
			t.Errorf("%s: %d, %s, %v", request, answer.StatusCode, text, err)
		}
	}
}

// Who has no token can't have it tried without an end.
func TestWhoHasNoTokenCountsForTheirAddress(t *testing.T) {
	t.Parallel()
	s := edgeServer(t, rates.Bounds{Address: 0.1, AddressBurst: 3})
	running(t, s)
	conn := dialed(t, s)
	for i := range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		err := begun(ctx, t, conn, ksv1.FormService_SaveForm_FullMethodName).RecvMsg(&ksv1.SaveFormResponse{})
		if want := map[bool]codes.Code{false: codes.Unauthenticated, true: codes.ResourceExhausted}[i >= 3]; status.Code(err) != want {
			t.Errorf("call %d: %v", i+1, err)
		}
	}
}
