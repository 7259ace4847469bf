package rates

import (
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
	l := New(Bounds{Address: 2, AddressBurst: 3, Caller: 1, CallerBurst: 2}, func() time.Time { return now })
	tooMany := func(err error) bool {
		var often *TooManyCalls
		return errors.As(err, &often) && often.Wait >= time.Second
	}
	for i := range 5 {
		if err := l.From("192.0.2.1"); tooMany(err) != (i >= 3) {
			t.Errorf("call %d of an address: %v", i+1, err)
		}
	}
	if err := l.From("192.0.2.2"); err != nil {
		t.Errorf("another address: %v", err)
	}
	on := func(account, device uint32) error {
		return l.Caller(&access.Caller{Account: store.Account{Number: account}, Device: device})
	}
	for i := range 4 {
		if err := on(7, 3); tooMany(err) != (i >= 2) {
			t.Errorf("call %d of a device: %v", i+1, err)
		}
		if err := l.Session("7 on 3"); tooMany(err) != (i >= 2) {
			t.Errorf("call %d under a session's token: %v", i+1, err)
		}
	}
	if err := errors.Join(on(7, 4), on(8, 3), on(3, 0), l.Session("another")); err != nil {
		t.Errorf("another device, the device's next user, an account whose number is the device's, another session: %v", err)
	}
	now = now.Add(time.Second)
	if err := errors.Join(l.From("192.0.2.1"), l.From("192.0.2.1"), on(7, 3)); err != nil {
		t.Errorf("a second later: %v", err)
	}
	for i := range 3 {
		if err := l.From(fmt.Sprintf("2001:db8:0:1::%x", i)); err != nil {
			t.Error(err)
		}
	}
	if err := l.From("2001:db8:0:1:ffff::1"); !tooMany(err) {
		t.Errorf("a subscriber's next address: %v", err)
	}
}

func TestRatesAreForgottenInBoundedMemory(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_800_000_000_000)
	l := New(Bounds{}, func() time.Time { return now })
	for i := range maxRated + 10 {
		if err := l.take(fmt.Sprint("from ", i), 1, 1); err != nil {
			t.Fatal(err)
		}
	}
	if len(l.rated) > maxRated {
		t.Errorf("%d are remembered", len(l.rated))
	}
}
