package api

import (
	"context"
	"testing"
	"time"

	"google.golang.org/grpc"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Whatever deadline its caller names, a call has CallTime at most; a shorter one
// stands.
func TestACallHasAMinuteAtMost(t *testing.T) {
	t.Parallel()
	guard, err := NewGuard(nil, nil, nil, Rates{}, time.Now)
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
