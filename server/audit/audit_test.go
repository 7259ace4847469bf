package audit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/record"
	"github.com/keluarga-sehat/sync/internal/unraced"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/fresh"
	"github.com/keluarga-sehat/sync/server/store/sqlite"
)

// world is a trail in a real store.
type world struct {
	*Log
	store *sqlite.Store
	keys  Keys
	head  string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	s, err := fresh.SQLite(t.Context(), dir, sqlite.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	ring, err := record.NewRing(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{store: s, head: filepath.Join(dir, "audit-head.json")}
	if w.Log, err = New(Config{Store: s, Ring: ring, Now: time.Now, Rand: rand.Reader, HeadFile: w.head}); err != nil {
		t.Fatal(err)
	}
	if w.keys, err = KeysOf(ring); err != nil {
		t.Fatal(err)
	}
	return w
}

// fill appends entries from several goroutines, as calls come, and signs them.
func (w *world) fill(t *testing.T, n int) {
	t.Helper()
	var wait sync.WaitGroup
	const writers = 20
	for g := range writers {
		wait.Go(func() {
			for i := range n / writers {
				e := &ksv1.AuditEntry{
					Kind: ksv1.AuditKind_AUDIT_KIND_READ, Method: "FamilyService.GetFamily", Outcome: ksv1.AuditOutcome_AUDIT_OUTCOME_DONE,
					Account: uint32(g + 1), Puskesmas: "P1", District: "32.04", Subjects: []string{fmt.Sprintf("family:%d-%d", g, i), "area:32.04.05.2001"},
				}
				if err := w.Append(context.Background(), e); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if err := w.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (w *world) verify(t *testing.T) *Verified {
	t.Helper()
	v, err := Verify(t.Context(), w.store, w.keys, w.head)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (w *world) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := w.store.DB().ExecContext(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestAnUntouchedTrailVerifies(t *testing.T) {
	w := newWorld(t)
	if v := w.verify(t); len(v.Problems) > 0 || v.Entries != 0 {
		t.Errorf("an empty trail: %+v", v)
	}
	w.fill(t, 1000)
	v := w.verify(t)
	if len(v.Problems) > 0 || v.Entries != 1000 || v.Chains != 1 || v.Checkpoints != 1 || v.Unsigned != 0 {
		t.Errorf("%+v", v)
	}
	w.fill(t, 20)
	if v := w.verify(t); len(v.Problems) > 0 || v.Checkpoints != 2 {
		t.Errorf("%+v", v)
	}
}

func TestTheTrailRefusesToBeChanged(t *testing.T) {
	w := newWorld(t)
	w.fill(t, 20)
	for _, sql := range []string{
		`UPDATE audit_entry SET account = 9`, `DELETE FROM audit_entry WHERE sequence = 20`, `DELETE FROM audit_subject`,
		`UPDATE audit_subject SET subject = x'00'`, `DELETE FROM audit_checkpoint`, `UPDATE audit_checkpoint SET body = x''`,
	} {
		if _, err := w.store.DB().ExecContext(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// TestAnyTamperingWithTenThousandEntriesIsFound lets somebody who owns the
// database, and has removed what forbids it, alter the trail in every way at many
// places; each is found, and undone again for the next.
func TestAnyTamperingWithTenThousandEntriesIsFound(t *testing.T) {
	unraced.Test(t)
	const entries = 10_000
	w := newWorld(t)
	w.fill(t, entries/2)
	w.fill(t, entries/2)
	for _, table := range []string{"audit_entry", "audit_subject", "audit_checkpoint"} {
		w.exec(t, `DROP TRIGGER `+table+`_stays_update`)
		w.exec(t, `DROP TRIGGER `+table+`_stays_delete`)
	}
	random := mathrand.New(mathrand.NewPCG(1, 2))
	somewhere := func() int { return 1 + random.IntN(entries) }
	edit := func(column, altered string) func() (string, string) {
		return func() (string, string) {
			n := somewhere()
			w.exec(t, `CREATE TABLE kept AS SELECT `+column+` AS was FROM audit_entry WHERE sequence = ?`, n)
			return fmt.Sprintf(`UPDATE audit_entry SET %s = %s WHERE sequence = %d`, column, altered, n),
				fmt.Sprintf(`UPDATE audit_entry SET %s = (SELECT was FROM kept) WHERE sequence = %d; DROP TABLE kept`, column, n)
		}
	}
	remove := func(table, where string) (string, string) {
		w.exec(t, `CREATE TABLE kept AS SELECT * FROM `+table+` WHERE `+where)
		return `DELETE FROM ` + table + ` WHERE ` + where, `INSERT INTO ` + table + ` SELECT * FROM kept; DROP TABLE kept`
	}
	for name, tamper := range map[string]func() (do, undo string){
		"a body edited":         edit("body", "CAST(substr(body, 1, length(body) - 1) || x'01' AS BLOB)"),
		"a hash edited":         edit("hash", "zeroblob(32)"),
		"an account exchanged":  edit("account", "account + 1"),
		"a time moved":          edit("time_ms", "time_ms - 1"),
		"a kind changed":        edit("kind", "kind + 1"),
		"a Puskesmas changed":   edit("puskesmas", "'P2'"),
		"a district changed":    edit("district", "''"),
		"an entry deleted":      func() (string, string) { return remove("audit_entry", fmt.Sprintf("sequence = %d", somewhere())) },
		"the tail cut off":      func() (string, string) { return remove("audit_entry", fmt.Sprintf("sequence >= %d", somewhere())) },
		"a subject deleted":     func() (string, string) { return remove("audit_subject", fmt.Sprintf("sequence = %d", somewhere())) },
		"a checkpoint deleted":  func() (string, string) { return remove("audit_checkpoint", "number = 1") },
		"the last one deleted":  func() (string, string) { return remove("audit_checkpoint", "number = 2") },
		"a chain's row deleted": func() (string, string) { return remove("audit_chain", "1") },
		"a chain's head lowered": func() (string, string) {
			return `UPDATE audit_chain SET sequence = sequence - 1`, `UPDATE audit_chain SET sequence = sequence + 1`
		},
		"two entries swapped": func() (string, string) {
			a := 1 + random.IntN(entries-1)
			swap := fmt.Sprintf(`
CREATE TABLE swap AS SELECT sequence, body, hash, time_ms, account FROM audit_entry WHERE sequence IN (%d, %d);
UPDATE audit_entry SET (body, hash, time_ms, account) = (SELECT body, hash, time_ms, account FROM swap WHERE swap.sequence = %d - audit_entry.sequence)
WHERE sequence IN (%d, %d); DROP TABLE swap`, a, a+1, 2*a+1, a, a+1)
			return swap, swap
		},
		"an entry added": func() (string, string) {
			return fmt.Sprintf(`INSERT INTO audit_entry SELECT chain, %d, time_ms, kind, account, district, puskesmas, body, hash FROM audit_entry WHERE sequence = 1`, entries+1),
				fmt.Sprintf(`DELETE FROM audit_entry WHERE sequence = %d`, entries+1)
		},
		"a subject added": func() (string, string) {
			return fmt.Sprintf(`INSERT INTO audit_subject SELECT x'7A', chain, %d FROM audit_chain`, entries+5), `DELETE FROM audit_subject WHERE subject = x'7A'`
		},
	} {
		for range 8 {
			do, undo := tamper()
			w.exec(t, do)
			if v := w.verify(t); len(v.Problems) == 0 {
				t.Errorf("%s is not found: %s", name, do)
			}
			w.exec(t, undo)
		}
	}
	if v := w.verify(t); len(v.Problems) > 0 {
		t.Fatalf("after all was undone: %v", v.Problems)
	}
	w.forge(t, entries)
}

// forge is the most that somebody with the database but without the keys can do:
// cut the trail and make everything in the store agree. The head file tells.
func (w *world) forge(t *testing.T, entries int) {
	t.Helper()
	half := entries / 2
	w.exec(t, fmt.Sprintf(`
DELETE FROM audit_entry WHERE sequence > %[1]d; DELETE FROM audit_subject WHERE sequence > %[1]d; DELETE FROM audit_checkpoint WHERE number > 1;
UPDATE audit_chain SET sequence = %[1]d, hash = (SELECT hash FROM audit_entry WHERE sequence = %[1]d)`, half))
	v := w.verify(t)
	if len(v.Problems) != 1 || !strings.Contains(v.Problems[0], "head file") {
		t.Errorf("a trail cut with all that points to it: %v", v.Problems)
	}
	// Without the head file, a device's head still tells.
	if err := os.Remove(w.head); err != nil {
		t.Fatal(err)
	}
	remembered := w.Head()
	err := w.store.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		same, err := Witnessed(ctx, snap, remembered, 0)
		if same {
			t.Error("a device's witness was not heard")
		}
		if same, _ := Witnessed(ctx, snap, remembered, 1); !same {
			t.Error("a head of before a restore raises an alarm")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// failing is a store whose writes fail, before or after they took effect; or panic, as reads do.
type failing struct {
	store.Store
	before, after, panics bool
}

var errFailing = errors.New("planned")

func (f *failing) Read(ctx context.Context, fn func(ctx context.Context, snap store.Snapshot) error) error {
	if f.panics {
		panic(errFailing)
	}
	return f.Store.Read(ctx, fn)
}

func (f *failing) Write(ctx context.Context, fn func(ctx context.Context, tx store.Tx) error) error {
	if f.before {
		return errFailing
	}
	err := f.Store.Write(ctx, fn)
	if f.panics {
		panic(errFailing)
	}
	if f.after {
		return errors.Join(errFailing, err)
	}
	return err
}

func TestAWriteOfUnknownOutcomeLeavesNoGap(t *testing.T) {
	w := newWorld(t)
	f := &failing{Store: w.store}
	w.config.Store = f
	put := func() error { return w.Append(t.Context(), &ksv1.AuditEntry{Kind: ksv1.AuditKind_AUDIT_KIND_READ}) }
	if err := put(); err != nil {
		t.Fatal(err)
	}
	for _, f.before = range []bool{true, false} {
		f.after = !f.before
		if err := put(); !errors.Is(err, errFailing) {
			t.Fatalf("a failed write: %v", err)
		}
		f.after = false
		before := f.before
		f.before = false
		if err := put(); err != nil {
			t.Fatal(err)
		}
		f.before = before
	}
	f.before = false
	if err := w.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if v := w.verify(t); len(v.Problems) > 0 || v.Entries != 4 {
		t.Errorf("%+v", v)
	}
}

// One panic costs those whose entries were being written, and nobody after them: not the
// entries of whoever led the others, nor those that were left to a goroutine.
func TestAPanicWhileTheTrailIsWrittenEndsNothingElse(t *testing.T) {
	w := newWorld(t)
	f := &failing{Store: w.store}
	w.config.Store = f
	put := func(n int, puskesmas string) error {
		entries := make([]*ksv1.AuditEntry, n)
		for i := range entries {
			entries[i] = &ksv1.AuditEntry{Puskesmas: puskesmas}
		}
		return w.Append(t.Context(), entries...)
	}
	for _, c := range []struct {
		where     string
		entries   int
		puskesmas string
	}{
		{"in one write", 1, ""},
		{"in several", 2*groupSize + 1, ""},
		{"where a district is looked up", 1, "P1"},
	} {
		f.panics = true
		if err := put(c.entries, c.puskesmas); err == nil || !strings.Contains(err.Error(), "panic: planned") {
			t.Errorf("%s: %v", c.where, err)
		}
		for w.busy() {
			runtime.Gosched()
		}
		f.panics = false
		if err := put(1, c.puskesmas); err != nil {
			t.Errorf("after a panic %s: %v", c.where, err)
		}
	}
	if err := w.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Each first write took effect; of the others none was tried before the chain's head was read.
	if v := w.verify(t); len(v.Problems) > 0 || v.Entries != 1+1+groupSize+1+1 {
		t.Errorf("%+v", v)
	}
}

// busy tells whether entries are being written.
func (w *world) busy() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.flushing
}

// A Puskesmas that moves to another district is that one's from then on, whose office alone
// sees what is done there.
func TestEntriesGoToTheDistrictOfNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	now := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	w.config.Now = func() time.Time { return now }
	appended := func(district string) string {
		t.Helper()
		err := w.store.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
			return tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: "P1", Name: "Satu", District: district}})
		})
		if err != nil {
			t.Fatal(err)
		}
		e := &ksv1.AuditEntry{Puskesmas: "P1"}
		if err := w.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		return e.GetDistrict()
	}
	if got := appended("32.04"); got != "32.04" {
		t.Errorf("at first: %q", got)
	}
	now = now.Add(placeFor)
	if got := appended("32.05"); got != "32.05" {
		t.Errorf("soon after it moved: %q", got)
	}
	now = now.Add(-time.Hour)
	if got := appended("32.06"); got != "32.06" {
		t.Errorf("after the clock was put back: %q", got)
	}
}
