package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/keluarga-sehat/sync/internal/record"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/rates"
	"github.com/keluarga-sehat/sync/server/store"
)

// Whatever deadline its caller names, a call has CallTime at most; a shorter one
// stands.
func TestACallHasAMinuteAtMost(t *testing.T) {
	t.Parallel()
	guard, err := NewGuard(nil, nil, nil, rates.Bounds{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	info := &grpc.UnaryServerInfo{FullMethod: ksv1.RegistrationService_GetRegistrationRules_FullMethodName}
	left := func(ctx context.Context) (out time.Duration) {
		_, err := guard.Unary(ctx, &ksv1.GetRegistrationRulesRequest{}, info, func(ctx context.Context, _ any) (any, error) {
			deadline, ok := ctx.Deadline()
			if !ok {
				t.Error("the call has no deadline")
			}
			out = time.Until(deadline)
			return &ksv1.GetRegistrationRulesResponse{}, nil
		})
		if err != nil {
			t.Error(err)
		}
		return out
	}
	hour, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	second, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		most time.Duration
	}{"none": {t.Context(), CallTime}, "an hour": {hour, CallTime}, "a second": {second, time.Second}} {
		if got := left(c.ctx); got > c.most {
			t.Errorf("with a deadline of %s the call has %s", name, got)
		}
	}
	if CallTime != time.Minute {
		t.Errorf("a call may take %s", CallTime)
	}
}

// hangingStore is one whose writes hang, as of PostgreSQL that waits for a standby which is gone.
type hangingStore struct{ store.Store }

func (hangingStore) Write(ctx context.Context, _ func(context.Context, store.Tx) error) error {
	<-ctx.Done()
	return ctx.Err()
}

func (hangingStore) Read(context.Context, func(context.Context, store.Snapshot) error) error {
	return nil
}

// What can't be recorded is not shown: a call is refused by what tells that the store is
// unavailable, and after no longer than any call takes.
func TestACallThatCannotBeRecordedIsRefusedInTime(t *testing.T) {
	t.Parallel()
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		trail, err1 := audit.New(audit.Config{Store: hangingStore{}, Ring: ring, Now: time.Now, Rand: rand.Reader})
		guard, err2 := NewGuard(nil, trail, slog.New(slog.DiscardHandler), rates.Bounds{}, time.Now)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		var calls sync.WaitGroup
		for range 1_000 { // of several groups
			calls.Go(func() {
				info := &grpc.UnaryServerInfo{FullMethod: ksv1.AuthService_SignIn_FullMethodName}
				_, err := guard.Unary(t.Context(), &ksv1.SignInRequest{UserName: "surveyor", Password: "secret"}, info, func(context.Context, any) (any, error) { return &ksv1.SignInResponse{}, nil })
				code, told := toldBy(t, err)
				if code != codes.Unavailable || told.reason != "STORE_UNAVAILABLE" || told.message == "" || time.Since(begun) > CallTime {
					t.Errorf("after %v: %v", time.Since(begun), err)
				}
			})
		}
		calls.Wait()
		time.Sleep(CallTime) // until the last group is given up
	})
}

// A reply that can't be encoded is as any other failure: told by its trace, and logged.
func TestAReplyThatCannotBeEncodedIsToldAndLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	guard, err := NewGuard(nil, nil, slog.New(slog.NewTextHandler(&log, nil)), rates.Bounds{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	info := &grpc.UnaryServerInfo{FullMethod: ksv1.RegistrationService_GetRegistrationRules_FullMethodName}
	_, err = guard.Unary(t.Context(), &ksv1.GetRegistrationRulesRequest{}, info, func(context.Context, any) (any, error) {
		return &ksv1.GetRegistrationRulesResponse{Rules: &ksv1.RegistrationRules{PostalAddress: "Jalan\xff"}}, nil
	})
	if _, reason := outcomeOf(err); status.Code(err) != codes.Internal || reason != "INTERNAL" {
		t.Errorf("%v (%s)", err, reason)
	}
	if !strings.Contains(log.String(), "invalid UTF-8") || !strings.Contains(log.String(), "GetRegistrationRules") {
		t.Errorf("the log has %s", log.String())
	}
	// As gRPC says it of a stream's message.
	log.Reset()
	err = statusOf(t.Context(), guard.log, "/Sync", status.Error(codes.Internal, "grpc: error while marshaling: x"))
	if _, reason := outcomeOf(err); reason != "INTERNAL" || !strings.Contains(log.String(), "marshaling") {
		t.Errorf("%v (%s), and the log has %s", err, reason, log.String())
	}
}
