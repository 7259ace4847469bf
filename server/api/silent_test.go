package api

import (
	"errors"
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

// fewSilences are those of so many streams of one user or address.
func fewSilences(most int, until time.Duration) *silences {
	s := newSilences()
	for _, h := range []*held{s.users, s.strangers, s.checks} {
		h.most.ofOne = most
	}
	s.time, s.work = until, time.Hour
	return s
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
	for s.strangers.count("127.0.0.1") > 0 { // until the server has seen the ends
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
	oldest := silent(t, conn, ksv1.AuthService_SignIn_FullMethodName)
	for s.strangers.count("127.0.0.1") != 1 {
		time.Sleep(time.Millisecond)
	}
	var held []grpc.ClientStream
	for range most {
		held = append(held, silent(t, conn, ksv1.AuthService_SignIn_FullMethodName))
	}
	if err := ended(oldest); status.Code(err) != codes.Canceled {
		t.Errorf("the oldest of one too many: %v", err)
	}
	if n := s.strangers.count("127.0.0.1"); n > most {
		t.Errorf("%d are held", n)
	}
	speak(t, held[0], &ksv1.SignInRequest{})
	if _, reason := outcomeOf(ended(held[0])); reason == "TOO_MANY_CALLS" || reason == codes.Canceled.String() {
		t.Errorf("who speaks: %s", reason)
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
