package device

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// names are the ids of what is unsent.
func names(t *testing.T, s *Store) (out []string) {
	t.Helper()
	changes, err := s.Outbox(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range changes {
		out = append(out, e.ChangeID.String())
	}
	submissions, err := collectIDs(t.Context(), s.db, `SELECT id FROM submission WHERE status = 0`)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range submissions {
		out = append(out, id.String())
	}
	slices.Sort(out)
	return out
}

// What a server may have, though this device never heard so, must not come to it under a
// second name once it is restored; what it can't have is given new names, for a copy of
// the database may go on under the old ones.
func TestWhatTheServerMayHaveKeepsItsNames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(*testing.T, *Store)
		keeps  bool
	}{
		"nothing was sent": {func(*testing.T, *Store) {}, false},
		"a file was made": {func(t *testing.T, s *Store) {
			if _, err := s.Copied(t.Context()); err != nil {
				t.Fatal(err)
			}
		}, true},
		"sent, before the server said a word": {func(t *testing.T, s *Store) { send(t, s) }, false},
		"sent, and the server took the database for its own": {func(t *testing.T, s *Store) {
			send(t, s)
			if err := s.storeWelcome(t.Context(), &ksv1.SyncWelcome{ClockMs: 1, Epoch: 1, Scope: &ksv1.SyncScope{}}); err != nil {
				t.Fatal(err)
			}
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, _ := former(t)
			s, err := Open(t.Context(), o, formerPassword)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			list, _ := s.Families(Query{})
			_, err = s.Submit(t.Context(), []merge.ID{list[0].ID}, "")
			if err := errors.Join(err, s.PutDepositKey(t.Context(), make([]byte, ed25519.SeedSize))); err != nil {
				t.Fatal(err)
			}
			c.before(t, s)
			was := names(t, s)
			if err := s.reincarnate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if kept := slices.Equal(names(t, s), was); kept != c.keeps {
				t.Errorf("names %v, before %v", names(t, s), was)
			}
		})
	}
}

// send reads all that is unsent for sending, in a new session.
func send(t *testing.T, s *Store) {
	t.Helper()
	if _, err := s.openSession(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	for {
		page, err := s.readPending(t.Context(), 1<<16)
		if err != nil {
			t.Fatal(err)
		}
		if len(page.GetChanges())+len(page.GetSubmissions()) == 0 {
			return
		}
	}
}

// What is offered again to a server that was restored may be on this device alone: it
// must go into a backup file, too.
func TestWhatIsOfferedAgainIsSealedAgain(t *testing.T) {
	t.Parallel()
	o, _ := former(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.PutDepositKey(t.Context(), make([]byte, ed25519.SeedSize))
	welcome := &ksv1.SyncWelcome{ClockMs: 1, Epoch: 1, Scope: &ksv1.SyncScope{}}
	if err := errors.Join(err, s.storeWelcome(t.Context(), welcome)); err != nil {
		t.Fatal(err)
	}
	// As an ack leaves it.
	if _, err := s.db.ExecContext(t.Context(), `UPDATE change SET status = 1, acked_ms = 1, escrow = NULL`); err != nil {
		t.Fatal(err)
	}
	welcome.Epoch = 2
	if err := s.storeWelcome(t.Context(), welcome); err != nil {
		t.Fatal(err)
	}
	if sealed, err := s.Copied(t.Context()); err != nil || len(sealed.Changes) != 1 || sealed.Undeliverable > 0 {
		t.Errorf("sealed %+v, %v", sealed, err)
	}
}
