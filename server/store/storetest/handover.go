package storetest

import (
	"context"
	"errors"
	"math"
	"reflect"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

func testHandovers(t *testing.T, s store.Store) {
	first := store.Handover{
		Device: 3, Incarnation: math.MaxUint32, Outgoing: 4, Incoming: math.MaxUint32 - 1, Signer: 6, SignerDevice: 7, IssuedMS: 8, RecordedMS: 9, Unsent: []byte{10},
	}
	second := first
	second.Device = 2
	another := first
	another.Incarnation, another.Incoming = 1, 5
	again := first
	again.Incoming, again.RecordedMS = 5, 10
	for _, h := range []store.Handover{first, second, another, again} {
		write(t, s, func(ctx context.Context, tx store.Tx) error { return tx.Directory().PutHandover(ctx, h) })
	}
	read(t, s, func(ctx context.Context, snap store.Snapshot) error {
		if h, err := snap.FindHandover(ctx, 3, math.MaxUint32); err != nil || !reflect.DeepEqual(h, first) {
			t.Errorf("%+v, %v; want it as first recorded: %+v", h, err, first)
		}
		if _, err := snap.FindHandover(ctx, 3, 2); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another incarnation: %v", err)
		}
		if list, err := snap.HandoversTo(ctx, math.MaxUint32-1); err != nil || !reflect.DeepEqual(list, []store.Handover{second, first}) {
			t.Errorf("by who took over: %+v, %v", list, err)
		}
		return nil
	})
}
