package registration

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/server/store"
)

func TestANoteThatNobodyCanReadIsNotKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.inVerification(t)
	for _, note := range []string{"Nu\xe9", "x\x1b[2J", strings.Repeat("é", maxNote+1)} {
		var invalid *InvalidError
		if _, err := w.Return(t.Context(), w.pusdatin, number, nil, note); !errors.As(err, &invalid) || invalid.Field != "note" {
			t.Errorf("%.10q: %v", note, err)
		}
	}
	if _, err := w.Return(t.Context(), w.pusdatin, number, nil, strings.Repeat("é", maxNote-2)+"\nx"); err != nil {
		t.Error(err)
	}
}

// One note that was kept before it was looked at must not keep people from the registration.
func TestANoteThatWasKeptSoIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	number := w.inVerification(t)
	err := w.Store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		r, err := snap.FindRegistration(ctx, number)
		if err != nil {
			return err
		}
		sealed, err := w.Vault.Seal(r.Salt, Binding(tableNote, number, ""), []byte("Nu\xe9"))
		if err != nil {
			return err
		}
		if note, err := w.openNote(&r, sealed); note != "Nu\ufffd" || err != nil {
			t.Errorf("%q, %v", note, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
