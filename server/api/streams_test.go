package api

import (
	"context"
	"errors"
	"testing"

	"github.com/keluarga-sehat/sync/server/access"
)

func TestANewSessionEndsTheOldestOfTooMany(t *testing.T) {
	t.Parallel()
	var s streams
	device, other := &access.Caller{Device: 1}, &access.Caller{Device: 2}
	var ended []int
	var done []func()
	for i := range StreamsPerDevice + 1 {
		done = append(done, s.begin(device, func(error) { ended = append(ended, i) }))
	}
	done = append(done, s.begin(other, func(error) { t.Error("another device's ended") }))
	if len(ended) != 1 || ended[0] != 0 {
		t.Errorf("ended %v, want the oldest", ended)
	}
	for _, f := range done {
		f()
	}
	if len(s.open) > 0 {
		t.Errorf("%d owners are left", len(s.open))
	}
	ctx, end := context.WithCancelCause(t.Context())
	defer end(nil)
	for range StreamsPerDevice + 1 {
		s.begin(device, end)
	}
	if !errors.Is(context.Cause(ctx), errSuperseded) {
		t.Errorf("cause %v", context.Cause(ctx))
	}
}
