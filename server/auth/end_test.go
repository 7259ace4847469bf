package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// Who signs in, or makes a feed token, while the password is changed or the account
// disabled, gets neither: what ends an account's sessions and tokens ends those too
// whose call was under way.
func TestWhatIsUnderWayWhenAnAccountsDoorsAreShutIsNotLetIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(a *store.Account)
		token  error
	}{
		"another password": {func(a *store.Account) { a.Password = "another" }, ErrSessionEnded},
		"disabled":         {func(a *store.Account) { a.Disabled = true }, ErrAccountDisabled},
	} {
		s, account := serviceWithAccount(t)
		grant, err := s.newSession(t.Context(), account, 0, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.NewFeedToken(t.Context(), grant.Caller, store.FeedToken{Name: "before"}, 1); err != nil {
			t.Fatal(err)
		}
		err = s.store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			now, err := tx.Directory().LockAccount(ctx, account.Number)
			if err != nil {
				return err
			}
			c.change(&now)
			if _, err := tx.Directory().PutAccount(ctx, now); err != nil {
				return err
			}
			return EndAll(ctx, tx, Ending{Account: account.Number, Why: store.EndPassword, AtMS: s.now().UnixMilli()})
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.newSession(t.Context(), account, 0, ""); !errors.Is(err, ErrSignInFailed) {
			t.Errorf("%s: who had shown the old password is let in: %v", name, err)
		}
		if _, _, err := s.NewFeedToken(t.Context(), grant.Caller, store.FeedToken{Name: "after"}, 1); !errors.Is(err, c.token) {
			t.Errorf("%s: whose session has ended gets a feed token: %v", name, err)
		}
	}
}

// serviceWithAccount is a service, and one account as its store has it.
func serviceWithAccount(t *testing.T) (*Service, store.Account) {
	t.Helper()
	db, err := fresh.SQLite(t.Context(), t.TempDir(), sqlite.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(db, ring, time.Now, rand.Reader, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	account := store.Account{UserName: "dinas", FullName: []byte{1}, Password: "as it was", Area: "32.04"}
	err = db.Write(t.Context(), func(ctx context.Context, tx store.Tx) (err error) {
		if account.Number, err = tx.Directory().PutAccount(ctx, account); err != nil {
			return err
		}
		account, err = tx.Snapshot().FindAccount(ctx, account.Number)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, account
}
