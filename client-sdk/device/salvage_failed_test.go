package device

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/sqlite"
)

// damagedFile is answered with a file that is damaged where none of its work lies.
func damagedFile(t *testing.T) (o Options, ids []string) {
	t.Helper()
	o, states := answered(t)
	spoil(t, o.Path)
	return o, named(states)
}

// spoil damages the file of a store that is not open in an index, where no work lies.
func spoil(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", sqlite.DSN(path, url.Values{"immutable": {"1"}}))
	if err != nil {
		t.Fatal(err)
	}
	var root, size int
	err = errors.Join(db.QueryRowContext(t.Context(), `SELECT rootpage FROM sqlite_schema WHERE name = 'confirmed_by_place'`).Scan(&root),
		db.QueryRowContext(t.Context(), `PRAGMA page_size`).Scan(&size), db.Close())
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := (root - 1) * size; i < root*size; i++ {
		data[i] ^= 0x5a
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// named are the ids of changes, in order.
func named(states map[merge.ID][4]int64) []string {
	var out []string
	for id := range states {
		out = append(out, id.String())
	}
	slices.Sort(out)
	return out
}

// copied is the folder of a store as a process that was killed now would leave it.
func copied(t *testing.T, o Options) Options {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Dir(o.Path))); err != nil {
		t.Fatal(err)
	}
	o.Path = filepath.Join(dir, filepath.Base(o.Path))
	return o
}

// holdsAll opens a store, twice: all work must be there, and the damage told both times,
// for nobody has gone on with it after the first.
func holdsAll(t *testing.T, when string, o Options, want []string) {
	t.Helper()
	if !Exists(o.Path) {
		t.Fatalf("%s: the device looks new", when)
	}
	for range 2 {
		s, err := Open(t.Context(), o, formerPassword)
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		if got := named(statesOf(t, s)); !slices.Equal(got, want) {
			t.Errorf("%s: the store holds %v, want %v", when, got, want)
		}
		if l := s.Loss(); l == nil || l.LostChanges != 0 || !Exists(l.SetAside) {
			t.Errorf("%s: loss %+v", when, l)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// patience is a context that is cancelled when it has been asked so many times.
type patience struct {
	context.Context
	cancel context.CancelFunc
	left   atomic.Int64
}

func (p *patience) Err() error {
	if p.left.Add(-1) < 0 {
		p.cancel()
	}
	return p.Context.Err()
}

func TestASalvageThatIsCancelledLosesNothing(t *testing.T) {
	t.Parallel()
	original, want := damagedFile(t)
	const stride = 43 // some ten of the instants at which the context is asked
	cancelled := 0
	for asked := int64(0); ; asked += stride {
		o := copied(t, original)
		ctx, cancel := context.WithCancel(t.Context())
		p := &patience{Context: ctx, cancel: cancel}
		p.left.Store(asked)
		s, err := Open(p, o, formerPassword)
		if err == nil {
			err = s.Close()
		} else {
			cancelled++
		}
		cancel()
		var unreadable *Unreadable
		if errors.As(err, &unreadable) {
			t.Errorf("cancelled after %d: %v", asked, err)
		}
		holdsAll(t, "cancelled", o, want)
		if err == nil {
			break
		}
	}
	if t.Logf("cancelled at %d instants", cancelled); cancelled < 5 {
		t.Errorf("cancelled %d times", cancelled)
	}
}

// killedAt does the first steps of the replacement of a damaged file, and no more.
func killedAt(t *testing.T, original Options, steps int) (o Options, left int) {
	t.Helper()
	o = copied(t, original)
	saved, err := readDamaged(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	r := replacement{path: o.Path, aside: o.Path + ".rusak-1"}
	if err := saved.fill(t.Context(), o, Loss{LostChanges: saved.missing(o), SetAside: r.aside, Detail: "damaged"}); err != nil {
		t.Fatal(err)
	}
	all := append(r.keepAndDecide(), r.finish()...)
	if err := run(all[:steps]); err != nil {
		t.Fatal(err)
	}
	return o, len(all) - steps
}

// Some of the work lies in the damaged file's log alone, which must neither be lost nor
// be taken for the new store's.
func TestASalvageThatIsKilledBetweenTwoStepsLosesNothing(t *testing.T) {
	t.Parallel()
	damaged, _ := damagedFile(t)
	s, err := Open(t.Context(), damaged, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	saveFamily(t, s, s.NewFamilyID())
	original, want := copied(t, damaged), named(statesOf(t, s))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	spoil(t, original.Path)
	if info, err := os.Stat(original.Path + "-wal"); err != nil || info.Size() == 0 {
		t.Fatalf("no log: %v", err)
	}
	for steps, left := 0, 1; left > 0; steps++ {
		var o Options
		o, left = killedAt(t, original, steps)
		holdsAll(t, fmt.Sprintf("killed after %d steps", steps), o, want)
		for _, suffix := range []string{readingSuffix, unfinishedSuffix, unfinishedSuffix + "-wal", finishedSuffix, keptSuffix} {
			if isThere(o.Path + suffix) {
				t.Errorf("killed after %d steps: %s stays", steps, suffix)
			}
		}
	}
}

func TestASalvageThatIsKilledWhileItFillsTheNewStoreLosesNothing(t *testing.T) {
	t.Parallel()
	o, want := damagedFile(t)
	half, err := os.ReadFile(o.Path)
	if err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{readingSuffix, unfinishedSuffix, unfinishedSuffix + "-wal", keptSuffix} {
		if err := os.WriteFile(o.Path+suffix, half[:len(half)/2], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	holdsAll(t, "half filled", o, want)
}

// Where a file can't have two names the damaged one is copied.
func TestADamagedFileIsKeptAsACopyWhereItCannotBeLinked(t *testing.T) {
	t.Parallel()
	o, _ := damagedFile(t)
	r := replacement{path: o.Path, aside: o.Path + ".rusak-1"}
	if err := os.WriteFile(r.aside, nil, 0o600); err != nil { // so that a link is refused
		t.Fatal(err)
	}
	if err := errors.Join(r.keep(""), r.keep("-wal")); err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(o.Path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(r.aside); err != nil || !bytes.Equal(got, want) || isThere(o.Path+keptSuffix) {
		t.Errorf("kept %d bytes of %d, %v", len(got), len(want), err)
	}
}

// After the user has gone on the loss is not told again.
func TestWhatASalvageLostIsToldUntilTheUserGoesOn(t *testing.T) {
	t.Parallel()
	o, want := damagedFile(t)
	holdsAll(t, "told", o, want)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	saveFamily(t, s, s.NewFamilyID())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), o, formerPassword); err != nil {
		t.Fatal(err)
	}
	if l := s.Loss(); l != nil {
		t.Errorf("told again: %+v", l)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// Where so much can't be read that the rest is not tried, nobody knows how much it was.
func TestWorkThatCannotBeReachedIsAnUnknownLoss(t *testing.T) {
	t.Parallel()
	o, _ := answered(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.db.ExecContext(t.Context(), `ALTER TABLE change RENAME TO unreachable`)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	s = salvagedOf(t, o)
	if l := s.Loss(); l == nil || l.LostChanges != -1 || l.DamagedRecords < stepsOverMax || !Exists(l.SetAside) {
		t.Errorf("loss %+v", l)
	}
}

func TestAKeptLossThatIsSpoiledIsToldAsUnknown(t *testing.T) {
	t.Parallel()
	o, _ := damagedFile(t)
	s, err := Open(t.Context(), o, formerPassword)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.db.ExecContext(t.Context(), `UPDATE secret SET payload = randomblob(64) WHERE name = ?`, secretLoss)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), o, formerPassword); err != nil {
		t.Fatal(err)
	}
	if l := s.Loss(); l == nil || l.LostChanges != -1 {
		t.Errorf("loss %+v", l)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
