package api

import (
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/rates"
)

// silentPort serves calls that nobody answers behind a guard, on a port of this machine.
func silentPort(t *testing.T, s *silences) *grpc.ClientConn {
	t.Helper()
	guard, err := NewGuard(nil, nil, nil, rates.Bounds{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	guard.silences = s
	server := grpc.NewServer(grpc.InTapHandle(guard.Tap), grpc.UnaryInterceptor(guard.Unary), grpc.StreamInterceptor(guard.Stream))
	ksv1.RegisterAuthServiceServer(guard.Over(server), ksv1.UnimplementedAuthServiceServer{})
	ksv1.RegisterSyncServiceServer(guard.Over(server), ksv1.UnimplementedSyncServiceServer{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Stop()
		if err := errors.Join(conn.Close(), <-done); err != nil {
			t.Error(err)
		}
	})
	return conn
}

// silent sends a call's headers and no message.
func silent(t *testing.T, conn *grpc.ClientConn, method string) grpc.ClientStream {
	t.Helper()
	stream, err := conn.NewStream(t.Context(), &grpc.StreamDesc{ClientStreams: true, ServerStreams: true}, method)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

// speak sends a silent call's message, and its end.
func speak(t *testing.T, stream grpc.ClientStream, request any) {
	t.Helper()
	if err := errors.Join(stream.SendMsg(request), stream.CloseSend()); err != nil {
		t.Fatal(err)
	}
}

// ended is the status that a silent call ends with.
func ended(stream grpc.ClientStream) error { return stream.RecvMsg(&ksv1.SignInResponse{}) }

// fewSilences are those of so many streams of one address, and of four such addresses of
// strangers, or two that have more than one each.
func fewSilences(most int, until time.Duration) *silences {
	s := newSilences()
	s.users.most, s.strangers.most, s.all.most, s.few = most, most, 4*most, 1
	s.time, s.work = until, time.Hour
	return s
}

func TestStrangersWhoHoldManySilentCallsKeepNobodyOut(t *testing.T) {
	t.Parallel()
	s := fewSilences(4, time.Hour)
	var ends []func()
	begin := func(user, address string, want bool) {
		t.Helper()
		end, ok := s.begin(user, address)
		if ok != want {
			t.Errorf("%q from %s: taken %v", user, address, ok)
		}
		if ok {
			ends = append(ends, end)
		}
	}
	for range 4 {
		begin("", "192.0.2.1", true)
		begin("", "192.0.2.2", true)
	}
	begin("", "192.0.2.1", false) // has enough
	for n := range 8 {
		begin("", fmt.Sprintf("198.51.100.%d", n), true)
		begin("", fmt.Sprintf("198.51.100.%d", n), false)
	}
	begin("", "192.0.2.9", false) // all are too many
	begin("7 on 1", "192.0.2.9", true)
	for _, end := range ends {
		end()
	}
	if len(s.strangers.of)+len(s.all.of)+len(s.users.of) != 0 {
		t.Errorf("counted still: %v %v %v", s.strangers.of, s.all.of, s.users.of)
	}
	begin("", "192.0.2.9", true)
}

func TestACallThatSaysNothingIsEnded(t *testing.T) {
	t.Parallel()
	s := fewSilences(8, 50*time.Millisecond)
	conn := silentPort(t, s)
	deposit := silent(t, conn, ksv1.SyncService_Deposit_FullMethodName)
	var calls []grpc.ClientStream
	for range 4 {
		calls = append(calls, silent(t, conn, ksv1.AuthService_SignIn_FullMethodName))
	}
	for _, c := range calls {
		if err := ended(c); status.Code(err) != codes.Canceled {
			t.Errorf("a silent call: %v", err)
		}
	}
	// A deposit, which may be of 1 MiB on a slow link, has longer: it is still read.
	speak(t, deposit, &ksv1.DepositRequest{Device: 1})
	if _, reason := outcomeOf(ended(deposit)); reason != "BAD_REQUEST" && reason != codes.Unimplemented.String() {
		t.Errorf("a slow deposit: %s", reason)
	}
	for { // until the server has seen the ends
		s.strangers.mu.Lock()
		n := len(s.strangers.of)
		s.strangers.mu.Unlock()
		if n == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestOneAddressCanHoldFewSilentCalls(t *testing.T) {
	t.Parallel()
	const most = 4
	s := fewSilences(most, time.Hour)
	conn := silentPort(t, s)
	for range 20 * most { // what has said something is not counted
		if _, err := ksv1.NewAuthServiceClient(conn).SignOut(t.Context(), &ksv1.SignOutRequest{}); status.Code(err) == codes.ResourceExhausted {
			t.Fatal(err)
		}
	}
	var held []grpc.ClientStream
	for range most {
		held = append(held, silent(t, conn, ksv1.AuthService_SignIn_FullMethodName))
	}
	if _, reason := outcomeOf(ended(silent(t, conn, ksv1.AuthService_SignIn_FullMethodName))); reason != "TOO_MANY_CALLS" {
		t.Errorf("one too many: %s", reason)
	}
	for _, other := range []struct{ user, address string }{{"7 on 1", "127.0.0.1"}, {"", "192.0.2.9"}} {
		end, ok := s.begin(other.user, other.address)
		if !ok {
			t.Fatalf("%+v is refused", other)
		}
		end()
	}
	speak(t, held[0], &ksv1.SignInRequest{})
	if err := ended(held[0]); status.Code(err) == codes.ResourceExhausted {
		t.Fatal(err)
	}
	again := silent(t, conn, ksv1.AuthService_SignIn_FullMethodName)
	speak(t, again, &ksv1.SignInRequest{})
	if err := ended(again); status.Code(err) == codes.ResourceExhausted {
		t.Errorf("after one has spoken: %v", err)
	}
}

func TestHealthChecksCountForTheirAddress(t *testing.T) {
	t.Parallel()
	guard, err := NewGuard(nil, nil, nil, rates.Bounds{Address: 1, AddressBurst: 2}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	ctx := peer.NewContext(t.Context(), &peer.Peer{Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1}})
	for i := range 4 {
		_, err := guard.admit(ctx, "/grpc.health.v1.Health/Check")
		var often *rates.TooManyCalls
		if errors.As(err, &often) != (i >= 2) {
			t.Errorf("check %d: %v", i+1, err)
		}
	}
}
