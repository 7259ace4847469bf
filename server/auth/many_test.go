package auth

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

func TestOneMoreSessionEndsTheOneUsedLeastLately(t *testing.T) {
	t.Parallel()
	s, account := serviceWithAccount(t)
	at := time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return at }
	open := func() []store.Session {
		var list []store.Session
		err := s.store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) (err error) {
			list, err = snap.SessionsOf(ctx, account.Number, at.UnixMilli())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for range MaxSessions {
		at = at.Add(time.Minute)
		if _, err := s.newSession(t.Context(), account, 0, ""); err != nil {
			t.Fatal(err)
		}
	}
	list := open()
	first, second := list[0], list[1]
	first.UsedMS = at.UnixMilli() // it was renewed
	err := s.store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutSession(ctx, first) })
	if err != nil {
		t.Fatal(err)
	}
	at = at.Add(time.Minute)
	if _, err := s.newSession(t.Context(), account, 0, ""); err != nil {
		t.Fatal(err)
	}
	list = open()
	if len(list) != MaxSessions || string(list[0].ID) != string(first.ID) {
		t.Errorf("%d sessions, the oldest is not the one in use", len(list))
	}
	if _, err := s.load(t.Context(), Claims{Account: account.Number, Session: second.ID}); !errors.Is(err, ErrSessionEnded) {
		t.Errorf("the session used least lately: %v", err)
	}
}

func TestAnAccountHasSoManyDevices(t *testing.T) {
	t.Parallel()
	s, account := serviceWithAccount(t)
	at := time.Date(2026, 1, 5, 1, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return at }
	register := func() (uint32, error) {
		public, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return s.registerDevice(t.Context(), account, account.UserName,
			&DeviceProof{PublicKey: public, Signature: ed25519.Sign(key, DeviceMessage(account.UserName, 1)), ClockMS: 1})
	}
	var last uint32
	for range MaxDevices {
		var err error
		if last, err = register(); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(when string) {
		t.Helper()
		if _, err := register(); !errors.Is(err, ErrTooManyDevices) {
			t.Errorf("%s: %v", when, err)
		}
	}
	refused("one more")
	err := s.store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { return tx.Directory().RevokeDevice(ctx, last) })
	if err != nil {
		t.Fatal(err)
	}
	refused("by turns")
	at = at.Add(deviceCounts)
	if _, err := register(); err != nil {
		t.Errorf("in place of one that was revoked: %v", err)
	}
	refused("one more a month later")
}
