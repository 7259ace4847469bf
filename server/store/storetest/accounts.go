package storetest

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

func putAccount(t *testing.T, s store.Store, a store.Account) uint32 {
	t.Helper()
	if a.FullName == nil {
		a.FullName = []byte{1}
	}
	var n uint32
	write(t, s, func(ctx context.Context, tx store.Tx) (err error) {
		n, err = tx.Directory().PutAccount(ctx, a)
		return err
	})
	return n
}

func testAccounts(t *testing.T, s store.Store) {
	account := store.Account{
		UserName: "siti", FullName: []byte{1}, Salt: [16]byte{2}, Password: "x", Roles: []int32{7}, Puskesmas: "P1", Assigned: []string{codeA}, ScopeRevision: 1,
		Person: []byte{3}, NIKHash: []byte{4}, Registered: true, CodeHash: []byte{5}, CodeExpiresMS: 6, CodeFailures: 7, ActingUntilMS: 8,
		CreatedMS: 9, ActivatedMS: 10, UsedMS: 11,
	}
	account.Number = putAccount(t, s, account)
	device := store.Device{PublicKey: []byte("key"), Account: account.Number, Name: "Tablet", RegisteredMS: 4}
	write(t, s, func(ctx context.Context, tx store.Tx) (err error) {
		device.Number, err = tx.Directory().PutDevice(ctx, device)
		return errors.Join(err, tx.Directory().PutIncarnation(ctx, store.Incarnation{Device: device.Number, Incarnation: math.MaxUint32, Nonce: []byte("n")}))
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		a, err := snap.FindAccountByName(ctx, "siti")
		if err != nil || !reflect.DeepEqual(a, account) {
			t.Errorf("account %+v, %v", a, err)
		}
		if _, err := snap.FindAccountByName(ctx, "Siti"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another case: %v", err)
		}
		d, err := snap.FindDeviceByKey(ctx, []byte("key"))
		if err != nil || !reflect.DeepEqual(d, device) {
			t.Errorf("device %+v, %v", d, err)
		}
		i, err := snap.FindIncarnation(ctx, device.Number, math.MaxUint32)
		if err != nil || string(i.Nonce) != "n" {
			t.Errorf("incarnation %+v, %v", i, err)
		}
		return nil
	})
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		locked, err := tx.Directory().LockAccount(ctx, account.Number)
		if err != nil || !reflect.DeepEqual(locked, account) {
			t.Errorf("locked %+v, %v", locked, err)
		}
		return errors.Join(tx.Directory().NoteUse(ctx, account.Number, 99), tx.Directory().NoteSync(ctx, device.Number, 50, 3, false))
	})
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		list, err := tx.Snapshot().DevicesOf(ctx, account.Number)
		if err != nil || len(list) != 1 || list[0].OpenedMS != 50 || list[0].SyncedMS != 0 || list[0].Unsent != 3 {
			t.Errorf("a sync begun: %+v, %v", list, err)
		}
		return errors.Join(tx.Directory().NoteSync(ctx, device.Number, 60, 0, true), tx.Directory().PutHandoverKey(ctx, device.Number, []byte("k")))
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		a, err := snap.FindAccount(ctx, account.Number)
		d, _ := snap.FindDevice(ctx, device.Number)
		if a.UsedMS != 99 || d.OpenedMS != 50 || d.SyncedMS != 60 || d.Unsent != 0 || string(d.HandoverKey) != "k" {
			t.Errorf("used %d, device %+v", a.UsedMS, d)
		}
		return err
	})
}

// testPersonLock lets two at once look whether a person has an account, and add one.
func testPersonLock(t *testing.T, s store.Store) {
	const briefly = 300 * time.Millisecond // no longer than until the other one could have looked
	locked, looked := make(chan struct{}), make(chan struct{})
	var once sync.Once
	first := make(chan error, 1)
	go func() {
		first <- s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			if err := tx.Directory().LockPerson(ctx, []byte("nik")); err != nil {
				return err
			}
			once.Do(func() { close(locked) })
			select {
			case <-looked:
			case <-time.After(briefly):
			}
			_, err := tx.Directory().PutAccount(ctx, store.Account{UserName: "siti", FullName: []byte{1}, NIKHash: []byte("nik")})
			return err
		})
	}()
	<-locked
	known := 0
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		if err := tx.Directory().LockPerson(ctx, []byte("nik")); err != nil {
			return err
		}
		list, err := tx.Snapshot().AccountsOfPerson(ctx, []byte("nik"))
		known = len(list)
		return err
	})
	close(looked)
	if err := <-first; err != nil || known != 1 {
		t.Errorf("the second to come finds %d accounts, %v", known, err)
	}
}

func testUserNames(t *testing.T, s store.Store) {
	putAccount(t, s, store.Account{UserName: "siti", Salt: [16]byte{1}})
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		if _, err := tx.Directory().PutAccount(ctx, store.Account{UserName: "siti", FullName: []byte{1}}); !errors.Is(err, store.ErrExists) {
			t.Errorf("a taken user name: %v", err)
		}
		_, err := tx.Directory().PutAccount(ctx, store.Account{UserName: "siti2", FullName: []byte{1}})
		return err
	})
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		a, err := snap.FindAccountByName(ctx, "siti")
		if a.Salt[0] != 1 {
			t.Error("the first account was replaced")
		}
		_, second := snap.FindAccountByName(ctx, "siti2")
		return errors.Join(err, second)
	})
}

func testAccountLists(t *testing.T, s store.Store) {
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: "P1", District: "32.04"}, {Code: "P2", District: "32.05"}})
	})
	for _, a := range []store.Account{
		{UserName: "nation"}, {UserName: "west-java", Area: "32"}, {UserName: "bandung", Area: "32.04"}, {UserName: "bandung2", Area: "32.04"},
		{UserName: "garut", Area: "32.05"}, {UserName: "first", Puskesmas: "P1", NIKHash: []byte("nik")}, {UserName: "second", Puskesmas: "P1"},
		{UserName: "other", Puskesmas: "P2", NIKHash: []byte("nik")}, {UserName: "central-java", Area: "33"},
	} {
		putAccount(t, s, a)
	}
	names := func(list []store.Account) (out []string) {
		for _, a := range list {
			out = append(out, a.UserName)
		}
		return out
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		for _, c := range []struct {
			q    store.AccountQuery
			want []string
		}{
			{store.AccountQuery{Puskesmas: "P1", Limit: 9}, []string{"first", "second"}},
			{store.AccountQuery{Limit: 9}, []string{"nation"}},
			{store.AccountQuery{Area: "32.04", Limit: 9}, []string{"bandung", "bandung2"}},
			{store.AccountQuery{Area: "32.04", Limit: 1}, []string{"bandung"}},
			{store.AccountQuery{Area: "32.04", Below: true, Limit: 9}, []string{"bandung", "bandung2", "first", "second"}},
			{store.AccountQuery{Area: "32", Below: true, Limit: 9}, []string{"west-java", "bandung", "bandung2", "garut", "first", "second", "other"}},
			{store.AccountQuery{Below: true, Limit: 3}, []string{"nation", "west-java", "bandung"}},
		} {
			got, err := snap.ListAccounts(ctx, c.q)
			if err != nil || !slices.Equal(names(got), c.want) {
				t.Errorf("%+v: %v, %v", c.q, names(got), err)
			}
		}
		all, err := snap.ListAccounts(ctx, store.AccountQuery{Below: true, Limit: 3})
		if err != nil {
			return err
		}
		rest, err := snap.ListAccounts(ctx, store.AccountQuery{Below: true, After: all[2].Number, Limit: 9})
		if len(rest) != 6 || rest[0].UserName != "bandung2" {
			t.Errorf("after the third: %v", names(rest))
		}
		person, _ := snap.AccountsOfPerson(ctx, []byte("nik"))
		if !slices.Equal(names(person), []string{"first", "other"}) {
			t.Errorf("of a person: %v", names(person))
		}
		return err
	})
}

func testSessions(t *testing.T, s store.Store) {
	session := store.Session{
		ID: []byte("a"), Account: 1, Device: 2, Browser: "Chrome di Android", TokenHash: []byte("t"), PreviousHash: []byte("p"), RotationNonce: []byte("n"), Successor: []byte("s"),
		Generation: math.MaxUint32, ExpiresMS: 9, CreatedMS: 3, UsedMS: 4,
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return errors.Join(tx.Directory().PutSession(ctx, session),
			tx.Directory().PutSession(ctx, store.Session{ID: []byte("b"), Account: 1, TokenHash: []byte("u"), ExpiresMS: 9, CreatedMS: 1}),
			tx.Directory().PutSession(ctx, store.Session{ID: []byte("old"), Account: 1, TokenHash: []byte("v"), ExpiresMS: 5}),
			tx.Directory().PutSession(ctx, store.Session{ID: []byte("other"), Account: 2, TokenHash: []byte("w"), ExpiresMS: 9}))
	})
	of := func(account uint32) (ids []string) {
		read(t, s, func(ctx context.Context, snap store.Snapshot) error {
			list, err := snap.SessionsOf(ctx, account, 5)
			ids = nil
			for _, x := range list {
				ids = append(ids, string(x.ID))
			}
			return err
		})
		return ids
	}
	if got := of(1); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("sessions %v", got)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		found, err := tx.Directory().LockSession(ctx, []byte("a"))
		if err != nil || !reflect.DeepEqual(found, session) {
			t.Errorf("session %+v, %v", found, err)
		}
		if _, err := tx.Directory().LockSession(ctx, []byte("none")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no session: %v", err)
		}
		return tx.Directory().EndSessions(ctx, 1, []byte("a"), store.EndPassword)
	})
	if got := of(1); !slices.Equal(got, []string{"a"}) {
		t.Errorf("but for one: %v", got)
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().EndSessions(ctx, 1, nil, store.EndDisabled)
	})
	if len(of(1)) != 0 || len(of(2)) != 1 {
		t.Errorf("at the end: %v, %v", of(1), of(2))
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		b, err := snap.FindSession(ctx, []byte("b"))
		if b.Ended != store.EndPassword {
			t.Errorf("the first reason stays: %d", b.Ended)
		}
		return err
	})
}
