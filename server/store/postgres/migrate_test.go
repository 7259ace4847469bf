package postgres

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
	"github.com/pressly/goose/v3"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/store/storetest"
)

// granting is held by who grants a parameter: two that do at once make the one row that the
// whole cluster has of it twice.
var granting sync.Mutex

// makeOwner gives a database to a role of its own.
func makeOwner(ctx context.Context, super *sql.DB, owner, database string) error {
	granting.Lock()
	defer granting.Unlock()
	for _, grant := range []string{
		"CREATE ROLE " + owner + " LOGIN CREATEROLE", "GRANT SET ON PARAMETER ks.lookup TO " + owner, "ALTER DATABASE " + database + " OWNER TO " + owner,
	} {
		if _, err := super.ExecContext(ctx, grant); err != nil {
			return err
		}
	}
	return nil
}

// upgraded is a store that lacked some migrations when it was filled by the statements. Its
// owner is no superuser: the wall hides from a migration what is there, unless it is lifted.
// The other connection is a superuser's, whom it does not stop.
func upgraded(t *testing.T, lacked []int64, fill string) (*Store, *sql.DB) {
	t.Helper()
	ctx, address := t.Context(), cluster.NewDatabase(t)
	_, database, _ := strings.Cut(address, "dbname=")
	owner := database + "_owner"
	connect := func(address string) *sql.DB {
		db, err := sql.Open("pgx", address)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	super, owned := connect(address), strings.Replace(address, "user=postgres", "user="+owner, 1)
	if err := makeOwner(ctx, super, owner, database); err != nil {
		t.Fatal(err)
	}
	db := connect(owned)
	migrations, err := Migrations()
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, migrations, goose.WithExcludeVersions(lacked))
	if err == nil {
		_, err = p.Up(ctx)
	}
	if err == nil {
		_, err = super.ExecContext(ctx, fill)
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := Open(ctx, owned)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), super.Close()); err != nil {
			t.Error(err)
		}
	})
	return s, super
}

// The entries that an earlier store has by family are carried over into lists, also
// where it has had migrations of higher numbers.
func TestMigrationListsTheIdentifiersThatAreThere(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, _ := upgraded(t, []int64{70, 91, 92, 93, 96, 101}, `INSERT INTO identifier (hash, village, family, member) VALUES
('\x01000000000000000000000000000000', 7, '\xaa000000000000000000000000000000', ''),
('\x02000000000000000000000000000000', 7, '\xaa000000000000000000000000000000', '\xbb000000000000000000000000000000'),
('\x02000000000000000000000000000000', 8, '\xcc000000000000000000000000000000', ''),
('\xff23456789abcdef0000000000000000', 8, '\xcc000000000000000000000000000000', '');
INSERT INTO family (village, id, place, state, revision, survey_date, salt, payload, review_state, provisional, verified, findings, conflicts)
VALUES (7, '\xaa000000000000000000000000000000', 1001, 0, 5, 0, '', '', 0, 0, 0, 0, 0)`)
	err := s.Read(store.WithScope(ctx, store.Scope{Villages: []uint32{7}}), func(ctx context.Context, snap store.Snapshot) error {
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

// The index is made anew from the lists, under the families' revisions, also where the
// owner of the database is no superuser, from whom the wall hides what is there: a number is
// found that had no entry, none stays that no list names, and what is forgotten is gone.
func TestMigrationMakesTheIndexAnewFromTheLists(t *testing.T) {
	t.Parallel()
	s, super := upgraded(t, []int64{96, 101}, `
INSERT INTO village (number, code, puskesmas, revision, hash, provisional, verified, submitted, approved, returned, changed, years) VALUES
(7, '32.01.01.2001', '', 5, '', '{}', '{}', 0, 0, 0, 1, ''), (8, '32.01.01.2002', '', 5, '', '{}', '{}', 0, 0, 0, 2, '');
INSERT INTO family (village, id, place, state, revision, survey_date, salt, payload, review_state, provisional, verified, findings, conflicts)
VALUES (7, '\xaa000000000000000000000000000000', 1001, 0, 5, 0, '', '', 0, 0, 0, 0, 0);
INSERT INTO identified (village, family, entries) VALUES
(7, '\xaa000000000000000000000000000000', '\xfedcba9876543210' || decode(repeat('00', 24), 'hex') || '\x01' || decode(repeat('00', 15), 'hex') || '\xbb' || decode(repeat('00', 15), 'hex')),
(8, '\xcc000000000000000000000000000000', '\x01' || decode(repeat('00', 31), 'hex')), (8, '\xdd000000000000000000000000000000', '');
INSERT INTO identifier (hash, village, family) VALUES (99, 7, '\xaa000000000000000000000000000000'), (99, 8, '\xcc000000000000000000000000000000')`)
	storetest.IndexAnew(t, s, super)
}

// How families moved is carried over, each commit's in one value.
func TestMigrationPacksMovements(t *testing.T) {
	t.Parallel()
	s, _ := upgraded(t, []int64{97, 119}, storetest.MovementsEach(func(first string) string { return `'\x` + first + `000000000000000000000000000000'` }))
	storetest.MovementsPacked(t, s)
}

// A store that keeps survey years knows them by day from the upgrade on, also of villages
// in which nothing happens; of earlier days, and of one that is still to be counted, not.
func TestMigrationBeginsToKeepSurveyYearsByDay(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, _ := upgraded(t, []int64{58, 97, 119}, `INSERT INTO village (number, code, puskesmas, revision, hash, provisional, verified, submitted, approved, returned, changed, years) VALUES
(1, '32.04.05.2001', '', 7, '', '{}', '{}', 0, 0, 0, 1, '\x01'), (2, '32.04.05.2002', '', 7, '', '{}', '{}', 0, 0, 0, 1, NULL),
(3, '32.04.05.2003', '', 0, '', '{}', '{}', 0, 0, 0, 1, '');
INSERT INTO daily (village, day, provisional, verified) VALUES (1, 20250101, '{}', '{}'), (2, 20250101, '{}', '{}')`)
	err := s.Read(store.WithScope(ctx, store.Scope{Everywhere: true}), func(ctx context.Context, snap store.Snapshot) error {
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
	if err != nil {
		t.Fatal(err)
	}
}
