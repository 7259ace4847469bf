package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/merge"
	file "github.com/keluarga-sehat/sync/internal/sqlite"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/storetest"
)

// without are the migrations but for those whose number begins with one of these.
type without struct {
	fs.FS
	numbers []string
}

func (b without) lacks(name string) bool {
	return slices.ContainsFunc(b.numbers, func(number string) bool { return strings.HasPrefix(name, number) })
}

// ReadDir lists them.
func (b without) ReadDir(name string) (list []fs.DirEntry, err error) {
	all, err := fs.ReadDir(b.FS, name)
	for _, e := range all {
		if !b.lacks(e.Name()) {
			list = append(list, e)
		}
	}
	return list, err
}

// Glob matches them.
func (b without) Glob(pattern string) (list []string, err error) {
	all, err := fs.Glob(b.FS, pattern)
	for _, name := range all {
		if !b.lacks(name) {
			list = append(list, name)
		}
	}
	return list, err
}

// upgraded is a store that lacked some migrations when it was filled by the statements.
func upgraded(t *testing.T, lacked []string, fill string) *Store {
	t.Helper()
	path, ctx := filepath.Join(t.TempDir(), "server.db"), t.Context()
	db, err := file.OpenServer(ctx, path, file.Options{ApplicationID: applicationID, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	migrations, err := Migrations()
	if err == nil {
		err = file.Migrate(ctx, db.Writer, without{migrations, lacked})
	}
	if err == nil {
		_, err = db.Writer.ExecContext(ctx, fill)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := Open(ctx, path, Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The entries that an earlier store has by family are carried over into lists, also
// where it has had migrations of higher numbers.
func TestMigrationListsTheIdentifiersThatAreThere(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), upgraded(t, []string{"07", "09"}, `INSERT INTO identifier (hash, village, family, member) VALUES
(unhex('01' || hex(zeroblob(15))), 7, unhex('aa' || hex(zeroblob(15))), x''),
(unhex('02' || hex(zeroblob(15))), 7, unhex('aa' || hex(zeroblob(15))), unhex('bb' || hex(zeroblob(15)))),
(unhex('02' || hex(zeroblob(15))), 8, unhex('cc' || hex(zeroblob(15))), x''),
(unhex('ff23456789abcdef' || hex(zeroblob(8))), 8, unhex('cc' || hex(zeroblob(15))), x'');
INSERT INTO family (village, id, place, state, revision, survey_date, salt, payload, review_state, provisional, verified, findings, conflicts)
VALUES (7, unhex('aa' || hex(zeroblob(15))), 1001, 0, 5, 0, x'', x'', 0, 0, 0, 0, 0)`)
	defer s.Close()
	err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		own, err := snap.IdentifiersOf(ctx, 7, merge.ID{0xaa})
		if err != nil || len(own) != 2 || own[0].Hash != [16]byte{1} || !own[0].Member.IsZero() || own[1].Hash != [16]byte{2} || own[1].Member != (merge.ID{0xbb}) || own[0].Revision != 5 {
			t.Errorf("%+v, %v", own, err)
		}
		for _, hash := range [][16]byte{{2}, {0xff, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef}} {
			found, err := snap.Sharing(ctx, hash, 10)
			if err != nil || len(found) == 0 || found[len(found)-1].Village != 8 || found[len(found)-1].Family != (merge.ID{0xcc}) {
				t.Errorf("by %x are found %+v, %v", hash, found, err)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The index is made anew from the lists, under the families' revisions: a number is found
// that had no entry, none stays that no list names, and what is forgotten is gone.
func TestMigrationMakesTheIndexAnewFromTheLists(t *testing.T) {
	t.Parallel()
	s := upgraded(t, []string{"096"}, `
INSERT INTO family (village, id, place, state, revision, survey_date, salt, payload, review_state, provisional, verified, findings, conflicts)
VALUES (7, unhex('aa' || hex(zeroblob(15))), 1001, 0, 5, 0, x'', x'', 0, 0, 0, 0, 0);
INSERT INTO identified (village, family, entries) VALUES
(7, unhex('aa' || hex(zeroblob(15))), unhex('fedcba9876543210' || hex(zeroblob(24)) || '01' || hex(zeroblob(15)) || 'bb' || hex(zeroblob(15)))),
(8, unhex('cc' || hex(zeroblob(15))), unhex('01' || hex(zeroblob(31)))), (8, unhex('dd' || hex(zeroblob(15))), x'');
INSERT INTO identifier (hash, village, family) VALUES (99, 7, unhex('aa' || hex(zeroblob(15)))), (99, 8, unhex('cc' || hex(zeroblob(15))))`)
	defer s.Close()
	storetest.IndexAnew(t, s, s.DB())
}

// How families moved is carried over, each commit's in one value.
func TestMigrationPacksMovements(t *testing.T) {
	t.Parallel()
	s := upgraded(t, []string{"097"}, storetest.MovementsEach(func(first string) string { return `unhex('` + first + `' || hex(zeroblob(15)))` }))
	defer s.Close()
	storetest.MovementsPacked(t, s)
}

// A store that keeps survey years knows them by day from the upgrade on, also of villages
// in which nothing happens; of earlier days, and of one that is still to be counted, not.
func TestMigrationBeginsToKeepSurveyYearsByDay(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), upgraded(t, []string{"058", "097"}, `
INSERT INTO village (number, code, puskesmas, revision, hash, provisional, verified, submitted, approved, returned, changed, years) VALUES
(1, '32.04.05.2001', '', 7, x'', '[]', '[]', 0, 0, 0, 1, x'01'), (2, '32.04.05.2002', '', 7, x'', '[]', '[]', 0, 0, 0, 1, NULL),
(3, '32.04.05.2003', '', 0, x'', '[]', '[]', 0, 0, 0, 1, x'');
INSERT INTO daily (village, day, provisional, verified) VALUES (1, 20250101, '[]', '[]'), (2, 20250101, '[]', '[]')`)
	err := s.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		rows, err := snap.DailyTallies(ctx, []uint32{1, 2, 3}, 99991231)
		if err != nil || len(rows) != 2 {
			t.Fatalf("%+v, %v", rows, err)
		}
		for _, d := range rows {
			if known := !d.YearsMissing; known != (d.Village == 1) || known && (d.Years != "\x01" || d.Day < 20260101) {
				t.Errorf("village %d on %d: years %x, missing %t", d.Village, d.Day, d.Years, d.YearsMissing)
			}
		}
		if rows, err = snap.DailyTallies(ctx, []uint32{1}, 20250101); err != nil || len(rows) != 1 || !rows[0].YearsMissing {
			t.Errorf("before the upgrade %+v, %v", rows, err)
		}
		return nil
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestNobodyBringsADatabaseUpThatAnOlderServerUses(t *testing.T) {
	t.Parallel()
	path, ctx := filepath.Join(t.TempDir(), "server.db"), t.Context()
	db, err := file.OpenServer(ctx, path, file.Options{ApplicationID: applicationID, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	migrations, err := Migrations()
	if err == nil {
		err = file.Migrate(ctx, db.Writer, without{migrations, []string{"091", "096"}})
	}
	if err != nil {
		t.Fatal(err)
	}
	hold, err := (&Store{db: db}).EnterTogether(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, path, Options{Unsafe: true}); !errors.Is(err, store.ErrOlderInUse) {
		t.Fatalf("it was brought up beside a server that uses it: %v", err)
	}
	if err := errors.Join(hold.Leave(), db.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := Open(ctx, path, Options{Unsafe: true})
	if err != nil {
		t.Fatalf("when it had stopped: %v", err)
	}
	again, err := s.EnterTogether(ctx)
	if err != nil {
		t.Fatalf("the gate was not given back: %v", err)
	}
	if err := errors.Join(again.Leave(), s.Close()); err != nil {
		t.Error(err)
	}
}

// A step of a lower number may be the newer one: of work that was merged later.
func TestAStepThatIsNotKnownIsRefusedWhateverItsNumber(t *testing.T) {
	t.Parallel()
	path, ctx := filepath.Join(t.TempDir(), "server.db"), t.Context()
	s, err := Open(ctx, path, Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.DB().ExecContext(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (5, 1)`)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	var newer *file.ErrNewerSchema
	if _, err := Open(ctx, path, Options{Unsafe: true}); !errors.As(err, &newer) || newer.Have != 5 {
		t.Errorf("an older program opened it: %v", err)
	}
}
