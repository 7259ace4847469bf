package field

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/server"
	"github.com/keluarga-sehat/sync/server/audit"
	"github.com/keluarga-sehat/sync/server/person"
	"github.com/keluarga-sehat/sync/server/registration"
	"github.com/keluarga-sehat/sync/server/rotation"
	"github.com/keluarga-sehat/sync/server/sample"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

func TestKeysAreRotatedThroughAnyCrashAndEverythingReadsAsBefore(t *testing.T) {
	t.Parallel()
	onEachStore(t, func(t *testing.T, s store.Store) {
		// On PostgreSQL not every instant, which are the same, but every seventh.
		dir, step := t.TempDir(), 7
		if s == nil {
			step = 1
			unsynced, err := sqlite.Open(t.Context(), filepath.Join(dir, "server.db"), sqlite.Options{Unsafe: true})
			if err != nil {
				t.Fatal(err)
			}
			cleanUp(t, func() {
				if err := unsynced.Close(); err != nil {
					t.Error(err)
				}
			})
			s = unsynced
		}
		keysAreRotatedThroughAnyCrash(t, newSecretWorld(t, Options{Dir: dir, Store: s}), step)
	})
}

func keysAreRotatedThroughAnyCrash(t *testing.T, w *secretWorld, step int) {
	late := lateDevice(t, w)
	// The reply to this renewal was lost; it is asked for again after the rotation.
	used := w.session.tokens.GetRefreshToken()
	renewed, err := w.session.refresh(t, used, 1)
	if err != nil {
		t.Fatal(err)
	}
	before, old := w.reads(t), w.Ring
	if doubles := before[sample.Supervisor+" /v1/duplicates"]; !strings.Contains(doubles, w.families[1].String()) {
		t.Errorf("nobody is told of a double: %s", doubles)
	}
	if err := w.Stop(); err != nil {
		t.Fatal(err)
	}
	everyColumnHolds(t, w.Store)
	r := newRotating(t, w)
	crashes := 0
	for at := 0; r.crash(t, at); at += step {
		crashes++
	}
	if crashes < 30/step {
		t.Errorf("crashed at %d instants only", crashes)
	}
	if again, err := r.run(t.Context(), -1, false); err != nil || again.Made || again.Resealed > 0 || again.Left > 0 || again.Verified == 0 {
		t.Errorf("once more to be sure: %+v, %v", again, err)
	}
	nothingUnder(t, w.Store, old, r.ring)
	w.Ring = r.ring
	if err := w.Start(t.Context(), w.Address); err != nil {
		t.Fatal(err)
	}
	w.follow(t)
	after := w.reads(t)
	for _, path := range slices.Sorted(maps.Keys(before)) {
		if before[path] != after[path] {
			t.Errorf("%s reads otherwise:\n%s\n%s", path, before[path], after[path])
		}
	}
	again, err := w.session.refresh(t, used, 1)
	if err != nil || again.GetRefreshToken() != renewed.GetRefreshToken() {
		t.Errorf("a renewal whose reply was lost: another token, or %v", err)
	}
	worksOn(t, w, late)
}

// lateDevice has work that is not sent, and nobody who unlocks it.
func lateDevice(t *testing.T, w *secretWorld) *clientsdk.Client {
	t.Helper()
	c := clientAt(t, w.Field, t.TempDir())
	u, err := c.SignIn(t.Context(), "surveyor2", w.Password)
	if err != nil {
		t.Fatal(err)
	}
	mustSync(t, u)
	_, err = Interview(t.Context(), u, village(t, u), "002/001", NewGenerator(77, 320405, time.Now()).Family())
	if err := errors.Join(err, u.Close()); err != nil {
		t.Fatal(err)
	}
	return c
}

// everyColumnHolds: a column of the list that nothing was planted in would make
// the test a lie.
func everyColumnHolds(t *testing.T, s store.Store) {
	t.Helper()
	err := s.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		for _, table := range store.SealedTables {
			for _, column := range table.Sealed {
				one := table
				one.Sealed = []string{column}
				n, err := snap.CountSealed(ctx, &one, store.SealedQuery{})
				if err != nil || n == 0 {
					t.Errorf("%s.%s holds nothing, %v", table.Name, column, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// rotating is a key file and what rotates it.
type rotating struct {
	store store.Store
	ring  *record.Ring
	file  []byte
}

func newRotating(t *testing.T, w *secretWorld) *rotating {
	t.Helper()
	file, err := w.Ring.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return &rotating{store: w.Store, ring: w.Ring, file: file}
}

// errCrash stands for the end of the process.
var errCrash = errors.New("crash")

// run reads the key file and rotates, up to a crash at the progress of that
// number; -1: to the end.
func (r *rotating) run(ctx context.Context, crashAt int, again bool) (*rotation.Outcome, error) {
	var err error
	if r.ring, err = record.UnmarshalRing(r.file); err != nil {
		return nil, err
	}
	n := 0
	service := &rotation.Rotation{
		Store: r.store, Hold: &store.Hold{Settle: func(context.Context) error { return nil }}, Ring: r.ring, Now: time.Now, Rand: rand.Reader, Again: again,
		Save: func(ring *record.Ring) (err error) {
			r.file, err = ring.Marshal()
			return err
		},
		Progress: func(string, int, int) error {
			if n++; n-1 == crashAt {
				return errCrash
			}
			return nil
		},
	}
	outcome, err := service.Run(store.AsOperator(ctx))
	if err == nil {
		r.ring = outcome.Ring
	}
	return outcome, err
}

// crash begins a rotation that ends at an instant, sees that nobody else may use
// the store then, and goes on to the end; false: it ended before that instant.
func (r *rotating) crash(t *testing.T, at int) bool {
	t.Helper()
	_, err := r.run(t.Context(), at, true)
	if err == nil {
		return false
	}
	if !errors.Is(err, errCrash) {
		t.Fatalf("before a crash at %d: %v", at, err)
	}
	ring, err := record.UnmarshalRing(r.file)
	if err != nil {
		t.Fatal(err)
	}
	err = r.store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error { return rotation.Check(ctx, snap, ring) })
	if err != nil && !strings.Contains(err.Error(), "keys rotate") {
		t.Fatalf("after a crash at %d: %v", at, err)
	}
	if err == nil && ring.Rotating() {
		t.Fatalf("after a crash at %d the store may be used by keys that are half rotated", at)
	}
	lagging := r.copied(t, at)
	outcome, err := r.run(t.Context(), -1, false)
	if err != nil || outcome.Left > 0 || r.ring.Rotating() {
		t.Fatalf("going on after a crash at %d: %+v, %v", at, outcome, err)
	}
	if lagging != nil {
		lagging.file = r.file
		lagging.turnsUp(t, at)
	}
	return true
}

// copied is a copy of an embedded store as of now, of some instants; nil else.
func (r *rotating) copied(t *testing.T, at int) *rotating {
	t.Helper()
	embedded, ok := r.store.(*sqlite.Store)
	if !ok || at%5 != 0 {
		return nil
	}
	path := filepath.Join(t.TempDir(), "server.db")
	if _, err := embedded.DB().ExecContext(t.Context(), "VACUUM INTO ?", path); err != nil {
		t.Fatal(err)
	}
	s, err := sqlite.Open(t.Context(), path, sqlite.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	return &rotating{store: s}
}

// turnsUp: a store that has seen the rotation up to an instant takes the place of the one
// that has seen its end, with the key file of after it.
func (r *rotating) turnsUp(t *testing.T, at int) {
	t.Helper()
	ring, err := record.UnmarshalRing(r.file)
	if err != nil {
		t.Fatal(err)
	}
	err = r.store.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		if err := rotation.Check(ctx, snap, ring); err == nil || !strings.Contains(err.Error(), "keys rotate") {
			t.Errorf("lagging at %d a server would start: %v", at, err)
		}
		return rotation.CheckHeld(ctx, snap, ring)
	})
	if err != nil {
		t.Errorf("lagging at %d: %v", at, err)
	}
	outcome, err := r.run(t.Context(), -1, false)
	if err != nil || outcome.Left > 0 || outcome.Made || outcome.Verified == 0 || r.ring.Rotating() || r.ring.PresentKey() != ring.PresentKey() {
		t.Fatalf("lagging at %d: %+v, %v", at, outcome, err)
	}
	if rows, err := rotation.NewDropping(store.AsOperator(t.Context()), r.store, r.ring, rand.Reader); err != nil || rows.Needed+rows.Damaged > 0 {
		t.Errorf("lagging at %d: rows are under old keys: %+v, %v", at, rows, err)
	}
	verified, err := server.Verify(store.AsOperator(t.Context()), r.store, r.ring, nil)
	if err != nil || len(verified.Differences) > 0 || verified.Families == 0 {
		t.Errorf("lagging at %d: %+v, %v", at, verified, err)
	}
	if err := r.store.Close(); err != nil {
		t.Error(err)
	}
}

// nothingUnder opens nothing by the old keys, and says so of every row.
func nothingUnder(t *testing.T, s store.Store, old, present *record.Ring) {
	t.Helper()
	if old.PresentKey() == present.PresentKey() || old.IdentifierKey() == present.IdentifierKey() {
		t.Fatal("keys are the old ones")
	}
	_, token, err := present.TokenKey()
	if err != nil {
		t.Fatal(err)
	}
	err = s.Read(store.AsOperator(t.Context()), func(ctx context.Context, snap store.Snapshot) error {
		if err := rotation.Check(ctx, snap, old); err == nil {
			t.Error("a server with the old keys would start")
		}
		for i := range store.SealedTables {
			table := &store.SealedTables[i]
			key := present.PresentKey()
			if table.Name == "session" {
				key = token
			}
			if n, err := snap.CountSealed(ctx, table, store.SealedQuery{OtherThan: key}); err != nil || n > 0 {
				t.Errorf("%d rows of %s are under an old key, %v", n, table.Name, err)
			}
		}
		return rotation.Check(ctx, snap, present)
	})
	if err != nil {
		t.Error(err)
	}
}

// worksOn: devices, searches, the trail and recompute after a rotation.
func worksOn(t *testing.T, w *secretWorld, late *clientsdk.Client) {
	t.Helper()
	ctx := store.AsOperator(t.Context())
	mustSync(t, w.surveyor)
	if got, err := late.Deposit(t.Context(), "surveyor2"); err != nil || got.Received == 0 || got.Refused > 0 {
		t.Errorf("what was sealed to the former key: %+v, %v", got, err)
	}
	for _, who := range []person.Selector{{NIK: canaryNIK}, {NKK: canaryNKK}} {
		if found, err := personService(t, w.Field).Find(ctx, who); err != nil || len(found) != 1 {
			t.Errorf("found %d, %v", len(found), err)
		}
	}
	r := w.Server.Services().Registrations
	for name, filter := range map[string]registration.NomineeFilter{"mobile": {Mobile: canaryMobile, Limit: 9}, "e-mail": {Email: canaryEmail, Limit: 9}} {
		if found, _, err := r.Nominees(ctx, w.caller(t, sample.NationalStaff), filter); err != nil || len(found) != 1 {
			t.Errorf("found by %s: %d, %v", name, len(found), err)
		}
	}
	if verified, err := server.Verify(ctx, w.Store, w.Ring, nil); err != nil || len(verified.Differences) > 0 || verified.Families == 0 {
		t.Errorf("verify: %+v, %v", verified, err)
	}
	keys, err := audit.KeysOf(w.Ring)
	if err != nil {
		t.Fatal(err)
	}
	if trail, err := audit.Verify(ctx, w.Store, keys, ""); err != nil || len(trail.Problems) > 0 || trail.Checkpoints == 0 || len(keys.Former) == 0 {
		t.Errorf("trail: %+v, %v", trail, err)
	}
}
