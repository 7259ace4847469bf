package api

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

func TestWhoFloodsSlowsNobodyElse(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_800_000_000_000)
	l := newLimiter(Rates{Address: 2, AddressBurst: 3, Caller: 1, CallerBurst: 2}, func() time.Time { return now })
	tooMany := func(err error) bool {
		var often *TooManyCalls
		return errors.As(err, &often) && often.Wait >= time.Second
	}
	for i := range 5 {
		if err := l.from("192.0.2.1"); tooMany(err) != (i >= 3) {
			t.Errorf("call %d of an address: %v", i+1, err)
		}
	}
	if err := l.from("192.0.2.2"); err != nil {
		t.Errorf("another address: %v", err)
	}
	device := &access.Caller{Account: store.Account{Number: 7}, Device: 3}
	for i := range 4 {
		if err := l.caller(device); tooMany(err) != (i >= 2) {
			t.Errorf("call %d of a device: %v", i+1, err)
		}
	}
	if err := errors.Join(l.caller(&access.Caller{Account: store.Account{Number: 7}, Device: 4}), l.caller(&access.Caller{Account: store.Account{Number: 3}})); err != nil {
		t.Errorf("another device, and an account whose number is the device's: %v", err)
	}
	now = now.Add(time.Second)
	if err := errors.Join(l.from("192.0.2.1"), l.from("192.0.2.1"), l.caller(device)); err != nil {
		t.Errorf("a second later: %v", err)
	}
	for i := range 3 {
		if err := l.from(fmt.Sprintf("2001:db8:0:1::%x", i)); err != nil {
			t.Error(err)
		}
	}
	if err := l.from("2001:db8:0:1:ffff::1"); !tooMany(err) {
		t.Errorf("a subscriber's next address: %v", err)
	}
}

func TestRatesAreForgottenInBoundedMemory(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_800_000_000_000)
	l := newLimiter(Rates{}, func() time.Time { return now })
	for i := range maxRated + 10 {
		if err := l.take(fmt.Sprint("from ", i), 1, 1); err != nil {
			t.Fatal(err)
		}
	}
	if len(l.rated) > maxRated {
		t.Errorf("%d are remembered", len(l.rated))
	}
}

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
