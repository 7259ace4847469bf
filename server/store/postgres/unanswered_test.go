package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/keluarga-sehat/sync/internal/pgtest"
	"github.com/keluarga-sehat/sync/server/store"
)

// idle_in_transaction_session_timeout ends the connection of a process that was held up.
func TestATransactionThatWasHeldUpIsRunAgain(t *testing.T) {
	t.Parallel()
	address := cluster.NewDatabase(t)
	s, err := Open(t.Context(), address+" options='-c idle_in_transaction_session_timeout=300'")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	// A socket tells only that it was closed; over TCP PostgreSQL's own words are read first.
	if ended := (&pgconn.PgError{Code: "25P03"}); !retryable(ended) || !errors.Is(translate(ended), store.ErrUnavailable) {
		t.Errorf("told by PostgreSQL: run again %v, %v", retryable(ended), translate(ended))
	}
	runs := 0
	err = s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		if runs++; runs == 1 {
			time.Sleep(time.Second)
		}
		_, err := tx.Snapshot().Meta(ctx, store.MetaTried)
		return err
	})
	if err != nil || runs != 2 {
		t.Errorf("after %d runs: %v", runs, err)
	}
	err = s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		time.Sleep(time.Second)
		return tx.Directory().PutMeta(ctx, store.MetaTried, "")
	})
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("whoever is always held up: %v", err)
	}
}

// TestADatabaseThatSaysNothingHoldsNobodyForLong: of a host that is frozen.
func TestADatabaseThatSaysNothingHoldsNobodyForLong(t *testing.T) {
	t.Parallel()
	frozen := pgtest.ForTest(t)
	s, err := Open(t.Context(), frozen.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	for name, try := range map[string]func(ctx context.Context) error{
		"a read": func(ctx context.Context) error {
			return s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
				frozen.Freeze(t)
				_, err := snap.Meta(ctx, store.MetaEpoch)
				return err
			})
		},
		"what is undone": func(ctx context.Context) error {
			return s.Write(ctx, func(context.Context, store.Tx) error {
				frozen.Freeze(t)
				return refused
			})
		},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		begun := time.Now()
		ended := make(chan error, 1)
		go func() { ended <- try(ctx) }()
		select {
		case err := <-ended:
			if err == nil {
				t.Errorf("%s: went well", name)
			}
		case <-time.After(time.Minute):
			t.Errorf("%s: no answer after %s", name, time.Since(begun))
		}
		cancel()
		frozen.Thaw(t)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
