package postgres

import (
	"context"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/server/store"
)

func TestWhoseConnectionBrokeLearnsThatKeysWereRotated(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), cluster.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	breakHolds := func() {
		t.Helper()
		_, err := s.pool.Exec(t.Context(), `RESET ROLE; SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 27508
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`)
		if err != nil {
			t.Fatal(err)
		}
	}
	server, err := s.EnterTogether(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer server.Leave()
	// A connection that merely broke is made anew.
	breakHolds()
	held := func() (held bool) {
		t.Helper()
		err := s.pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 27508 AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`).Scan(&held)
		if err != nil {
			t.Fatal(err)
		}
		return held
	}
	for deadline := time.Now().Add(time.Minute); !held(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the gate was not entered again")
		}
	}
	select {
	case <-server.Lost:
		t.Fatal("lost though nobody had rotated")
	default:
	}
	// While it is away somebody comes in, and leaves other keys behind. Those are put
	// first: it looks every other second, and might be back before they are there.
	if _, err := s.pool.Exec(t.Context(), `INSERT INTO meta (name, value) VALUES ($1, '9')`, store.MetaKeysPresent); err != nil {
		t.Fatal(err)
	}
	breakHolds()
	select {
	case <-server.Lost:
	case <-time.After(time.Minute):
		t.Fatal("it goes on with the old keys")
	}
}

// What a server remembers by revisions is not so any more where the store went back.
func TestALivingServerLearnsThatItsStoreWasPutBack(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), cluster.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	begin := func(epoch string) {
		t.Helper()
		err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.Directory().PutMeta(ctx, store.MetaEpoch, epoch)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	maker, err := s.EnterTogether(t.Context()) // of a store that has no epoch yet
	if err != nil {
		t.Fatal(err)
	}
	defer maker.Leave()
	begin("7")
	server, err := s.EnterTogether(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer server.Leave()
	select {
	case <-maker.Lost:
		t.Fatal("who made the store lost it by that")
	case <-server.Lost:
		t.Fatal("lost though nothing was put back")
	case <-time.After(2 * gateLook):
	}
	begin("8")
	select {
	case <-server.Lost:
	case <-time.After(time.Minute):
		t.Fatal("it goes on with what it remembers")
	}
	if err := server.Leave(); err != nil {
		t.Fatal(err)
	}
}
