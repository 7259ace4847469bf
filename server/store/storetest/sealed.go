package storetest

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

func tableOf(t *testing.T, name string) *store.SealedTable {
	t.Helper()
	i := slices.IndexFunc(store.SealedTables, func(x store.SealedTable) bool { return x.Name == name })
	if i < 0 {
		t.Fatalf("no sealed table %s", name)
	}
	return &store.SealedTables[i]
}

// sealedUnder looks like what internal/record seals: its head alone counts here.
func sealedUnder(key uint32, text string) []byte {
	return append(binary.BigEndian.AppendUint32([]byte{1}, key), text...)
}

func testSealed(t *testing.T, s store.Store) {
	events := tableOf(t, "registration_event")
	number := putRegistration(t, s, store.Registration{District: "32.04", Channel: 1, Salt: [16]byte{7}})
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		d := tx.Directory()
		return errors.Join(d.AppendRegistrationEvent(ctx, store.RegistrationEvent{Registration: number, Step: 1, Note: sealedUnder(5, "old")}),
			d.AppendRegistrationEvent(ctx, store.RegistrationEvent{Registration: number, Step: 2}),
			d.AppendRegistrationEvent(ctx, store.RegistrationEvent{Registration: number, Step: 3, Note: sealedUnder(6, "new")}))
	})
	rows := func(q store.SealedQuery) (found []store.SealedRow) {
		t.Helper()
		q.Limit = 9
		read(t, s, func(ctx context.Context, snap store.Snapshot) (err error) {
			n, err := snap.CountSealed(ctx, events, q)
			if err != nil {
				return err
			}
			if found, err = snap.SealedRows(ctx, events, q); q.After == nil && len(found) != n {
				t.Errorf("%d rows, counted %d", len(found), n)
			}
			return err
		})
		return found
	}
	all := rows(store.SealedQuery{})
	if len(all) != 2 || string(all[0].Salt) != string(append([]byte{7}, make([]byte, 15)...)) {
		t.Fatalf("sealed rows: %+v", all)
	}
	if after := rows(store.SealedQuery{After: all[0].Keys}); len(after) != 1 || after[0].Keys[1] != int64(3) {
		t.Errorf("after the first: %+v", after)
	}
	old := rows(store.SealedQuery{OtherThan: 6})
	if len(old) != 1 || old[0].Keys[1] != int64(1) {
		t.Fatalf("under another key: %+v", old)
	}
	old[0].Sealed[0] = sealedUnder(6, "renewed")
	put := func() error {
		return s.Write(store.AsOperator(t.Context()), func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutSealed(ctx, events, old) })
	}
	if err := put(); err == nil {
		t.Error("a timeline was changed though no keys are rotated")
	}
	write(t, s, func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutMeta(ctx, store.MetaKeysRotating, "6")
	})
	if err := put(); err != nil || len(rows(store.SealedQuery{OtherThan: 6})) > 0 {
		t.Errorf("sealing a note anew: %v", err)
	}
	old[0].Sealed[0] = nil
	if err := put(); err == nil {
		t.Error("a note was taken away while keys are rotated")
	}
}

func testGate(t *testing.T, s store.Store) {
	ctx := t.Context()
	one, err1 := s.EnterTogether(ctx)
	two, err2 := s.EnterTogether(ctx)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if _, err := s.EnterAlone(ctx); !errors.Is(err, store.ErrGateHeld) {
		t.Errorf("alone beside two: %v", err)
	}
	if err := errors.Join(one.Leave(), two.Leave()); err != nil {
		t.Fatal(err)
	}
	alone, err := s.EnterAlone(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.EnterTogether(ctx); !errors.Is(err, store.ErrGateHeld) {
		t.Errorf("beside who is alone: %v", err)
	}
	if err := alone.Leave(); err != nil {
		t.Fatal(err)
	}
	again, err := s.EnterTogether(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Leave(); err != nil {
		t.Error(err)
	}
}
