package postgres

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// wallWorld has a family with history, quarantine, batch, verdict, tallies, an identifier
// and a notice in each of two villages.
func wallWorld(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), cluster.NewDatabase(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	err = s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.Directory().PutAreas(ctx, []store.Area{{Code: "32.04.05.2001"}, {Code: "33.04.05.2001"}})
	})
	for v := uint32(1); v <= 2 && err == nil; v++ {
		err = errors.Join(err, fill(t.Context(), s, v))
	}
	err = errors.Join(err, s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error { // of which both are doubled
		return tx.Directory().PutPuskesmas(ctx, []store.Puskesmas{{Code: "P", Villages: []string{"32.04.05.2001", "33.04.05.2001"}}})
	}))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fill(ctx context.Context, s *Store, village uint32) error {
	family, change := merge.ID{15: byte(village)}, merge.ID{14: byte(village)}
	err := s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, village, func(v store.VillageTx) error {
			c := &store.Commit{Village: v.Village(), Day: 20260301}
			c.Village.Revision = 1
			c.Families = []store.Family{{Village: village, ID: family, Place: area.Place(1001), Revision: 1, Payload: []byte("x"), Doubles: 1}}
			c.Entries = []store.Entry{{Revision: 1, Family: family, Change: change, Payload: []byte("x")}}
			c.Departures = []store.Departure{{Revision: 1, Family: family}}
			c.Places = []store.Place{{Place: 1001, Families: 1}}
			c.Quarantine = []store.Quarantine{{Change: merge.ID{13: byte(village)}, Village: village, Family: family, Device: 9, Payload: []byte("x")}}
			c.Batches = []store.Batch{{ID: merge.ID{12: byte(village)}, Village: village, Payload: []byte("x")}}
			c.Awaited, c.Village.Awaited = []store.Awaited{{Family: family, Batch: merge.ID{12: byte(village)}}}, 1
			c.Verdicts = []store.Verdict{{ID: merge.ID{11: byte(village)}, Family: family, Revision: 1, Payload: []byte("x")}}
			c.Notices = []store.Notice{{Account: village, Payload: []byte("x")}}
			c.DoubleCases = []store.FamilyCases{{Family: family, Tokens: [][]byte{{byte(village)}}}}
			if _, err := v.CloseDoubles(ctx, family, [][]byte{{byte(village)}}); err != nil {
				return err
			}
			return v.Apply(ctx, c)
		})
	})
	return errors.Join(err, s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
		if err := tx.Directory().NoteUnread(ctx, village, []merge.ID{family}); err != nil {
			return err
		}
		return tx.Directory().PutIdentifiers(ctx, []store.IdentifierBatch{{
			Village: village, Revision: 1, Families: [][16]byte{family}, Entries: []store.Identifier{{Hash: [16]byte{1}, Family: family}},
		}})
	}))
}

// requests puts a registration of either district, with a person, a step and a
// file, beside what wallWorld has.
func requests(t *testing.T, s *Store) {
	t.Helper()
	everywhere := store.WithScope(t.Context(), store.Scope{RequestsEverywhere: true})
	for i, district := range []string{"32.04", "33.04"} {
		puskesmas := "P" + strings.ReplaceAll(district, ".", "")
		err := s.Write(everywhere, func(ctx context.Context, tx store.Tx) error {
			d := tx.Directory()
			n, err := d.PutRegistration(ctx, store.Registration{District: district})
			_, err1 := d.PutNominee(ctx, store.Nominee{Registration: n, Puskesmas: puskesmas, NIKHash: []byte("same"), Payload: []byte("x")})
			_, err2 := d.PutNominee(ctx, store.Nominee{Registration: n, Puskesmas: puskesmas + "9", Payload: []byte("x")})
			return errors.Join(err, err1, err2, d.PutRegistrationPuskesmas(ctx, store.RegistrationPuskesmas{Registration: n, Puskesmas: puskesmas}),
				d.AppendRegistrationEvent(ctx, store.RegistrationEvent{Registration: n, Step: int32(i)}),
				d.PutRegistrationFile(ctx, store.RegistrationFile{Registration: n, Name: "letter/1", Payload: []byte("x")}))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheWallAloneGivesNoRegistrationOfAnotherOffice(t *testing.T) {
	t.Parallel()
	s := wallWorld(t)
	requests(t, s)
	// registration, _puskesmas, _event, _file, and nominees, of whom each has two.
	for name, c := range map[string]struct {
		scope    store.Scope
		rows     int
		nominees int
		files    int
	}{
		"nothing":          {store.Scope{Everywhere: true, Villages: []uint32{1, 2}, Account: 1}, 0, 0, 0},
		"Pusdatin":         {store.Scope{RequestsEverywhere: true}, 2, 4, 2},
		"province":         {store.Scope{RequestsUnder: "32"}, 1, 2, 1},
		"district":         {store.Scope{RequestsUnder: "33.04"}, 1, 2, 1},
		"another district": {store.Scope{RequestsUnder: "33.05"}, 0, 0, 0},
		"Puskesmas":        {store.Scope{Puskesmas: "P3204"}, 1, 1, 0}, // of the list its own, of the files none
		"no code":          {store.Scope{Puskesmas: "P3204' OR '1'='1", RequestsUnder: "3' OR '1'='1"}, 0, 0, 0},
	} {
		ctx := store.WithScope(t.Context(), c.scope)
		for table, want := range map[string]int{
			"registration": c.rows, "registration_puskesmas": c.rows, "registration_event": c.rows, "registration_nominee": c.nominees, "registration_file": c.files,
		} {
			if got := rows(t, s, ctx, table, "true"); got != want {
				t.Errorf("%s, %s: %d rows, want %d", name, table, got, want)
			}
		}
	}
	if got := rows(t, s, store.AsOperator(t.Context()), "registration_nominee", "true"); got != 4 {
		t.Errorf("an operator: %d nominees", got)
	}
	mine := store.WithScope(t.Context(), store.Scope{RequestsUnder: "32.04"})
	for _, statement := range []string{
		`INSERT INTO registration (district, channel, created_ms, copied_ms, copy_channel, submitted_ms, waiting_ms, salt) VALUES ('33.04', 1, 1, 1, 1, 1, 1, 'x')`,
		`UPDATE registration SET district = '33.04'`,
		`INSERT INTO registration_file (registration, name, puskesmas, payload) VALUES (2, 'x', '', 'x')`,
		`UPDATE registration_nominee SET registration = 2, puskesmas = ''`,
	} {
		if err := try(mine, s, 0, statement); !isState(err, "42501") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	err := s.Read(mine, func(ctx context.Context, snap store.Snapshot) error {
		sharing, err := snap.NomineesSharing(ctx, store.NomineeQuery{NIKHash: []byte("same"), Limit: 9})
		standing, err1 := snap.Standings(ctx, "P3304", 0)
		if len(sharing) != 2 || len(standing) != 1 {
			t.Errorf("that somebody stands elsewhere is not known: %v, %v", sharing, standing)
		}
		return errors.Join(err, err1)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tables behind the wall, with the condition for village 2's rows.
var tables = map[string]string{
	"family": "village = 2", "history": "village = 2", "departure": "village = 2", "place": "village = 2", "daily": "village = 2",
	"quarantine": "village = 2", "batch": "village = 2", "verdict": "village = 2", "identifier": "village = 2", "identified": "village = 2", "notice": "account = 2",
	"closed_double": "village = 2", "double_case": "village = 2", "identifier_stale": "village = 2", "identifier_unread": "village = 2", "awaited": "village = 2",
}

// rows counts what a statement that asks for everything is given.
func rows(t *testing.T, s *Store, ctx context.Context, table, where string) (n int) {
	t.Helper()
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: beginQuery(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tx.Rollback(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	}()
	if err := tx.QueryRow(ctx, "SELECT count(*) FROM "+table+" WHERE "+where).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// The server's own access rules have no part in these: the statements ask for
// all.
func TestTheWallAloneGivesNoRowOfAnotherVillage(t *testing.T) {
	t.Parallel()
	s := wallWorld(t)
	declared := store.WithScope(t.Context(), store.Scope{Villages: []uint32{1}, Figures: []uint32{1}, Account: 1})
	for table, theirs := range tables {
		for name, c := range map[string]struct {
			ctx  context.Context
			all  int
			them int
		}{
			"nothing declared": {t.Context(), 0, 0},
			"village 1":        {declared, 1, 0},
			"an operator":      {store.AsOperator(t.Context()), 2, 1},
		} {
			if all, them := rows(t, s, c.ctx, table, "true"), rows(t, s, c.ctx, table, theirs); all != c.all || them != c.them {
				t.Errorf("%s, %s: %d rows, %d of village 2; want %d, %d", table, name, all, them, c.all, c.them)
			}
		}
	}
	for scope, want := range map[string]int{"32": 1, "33.04": 1, "": 0, "3' OR '1'='1": 0} {
		ctx := store.WithScope(t.Context(), store.Scope{FiguresUnder: scope})
		if got := rows(t, s, ctx, "place", "true"); got != want {
			t.Errorf("figures under %q: %d places, want %d", scope, got, want)
		}
		if got := rows(t, s, ctx, "family", "true"); got != 0 {
			t.Errorf("figures under %q: %d families", scope, got)
		}
	}
	if got := rows(t, s, store.WithScope(t.Context(), store.Scope{Everywhere: true}), "daily", "true"); got != 2 {
		t.Errorf("figures everywhere: %d days", got)
	}
}

// try runs a statement in a transaction that declared its scope and, unless 0,
// the village that it writes.
func try(ctx context.Context, s *Store, village int, statement string) error {
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: beginQuery(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})})
	if err != nil {
		return err
	}
	if village != 0 {
		_, err = tx.Exec(ctx, "SELECT set_config('ks.village', $1, true)", strconv.Itoa(village))
	}
	if err == nil {
		_, err = tx.Exec(ctx, statement)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback(context.WithoutCancel(ctx)))
	}
	return tx.Commit(ctx)
}

func TestTheWallAloneRefusesAWriteToAnotherVillage(t *testing.T) {
	t.Parallel()
	s := wallWorld(t)
	both := store.WithScope(t.Context(), store.Scope{Villages: []uint32{1, 2}})
	for what, c := range map[string]struct {
		village   int
		statement string
	}{
		"insert":                 {1, `INSERT INTO departure (village, revision, family, place_left, entered) VALUES (2, 9, 'x', 1, 1)`},
		"move":                   {1, `UPDATE batch SET village = 2`},
		"with a scope to read":   {0, `UPDATE family SET review_state = 1`},
		"erase the audit trail":  {1, `DELETE FROM audit_entry`},
		"rewrite the trail":      {1, `UPDATE audit_entry SET kind = 1`},
		"lift the wall":          {1, `ALTER TABLE family DISABLE ROW LEVEL SECURITY`},
		"notice without village": {0, `INSERT INTO notice (account, revision, salt, payload) VALUES (1, 9, 'x', 'x')`},
	} {
		if err := try(both, s, c.village, c.statement); !isState(err, "42501") {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := try(t.Context(), s, 1, `DELETE FROM family WHERE village = 2`); err != nil {
		t.Error(err)
	}
	if got := rows(t, s, store.AsOperator(t.Context()), "family", "true"); got != 2 {
		t.Errorf("%d families are left", got)
	}
}

func TestQuestionsAcrossVillagesGiveNoPayload(t *testing.T) {
	t.Parallel()
	s := wallWorld(t)
	err := s.Write(t.Context(), func(ctx context.Context, tx store.Tx) error {
		return tx.InVillage(ctx, 1, func(v store.VillageTx) error {
			known, err := v.Committed(ctx, []merge.ID{{14: 2}})
			if err != nil || len(known) != 1 || known[0].Village != 2 {
				t.Errorf("a change of village 2 is not known: %v %v", known, err)
			}
			held, err := v.Quarantined(ctx, []merge.ID{{13: 2}}, nil)
			if err != nil || len(held) != 1 {
				t.Errorf("quarantine of village 2 is not known: %v %v", held, err)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Read(t.Context(), func(ctx context.Context, snap store.Snapshot) error {
		sharers, err := snap.Sharing(ctx, [16]byte{1}, 10)
		if err != nil || len(sharers) != 2 {
			t.Errorf("sharers %v %v", sharers, err)
		}
		n, err := snap.CountQuarantined(ctx, 9, 10)
		if n != 2 {
			t.Errorf("%d wait of the device", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheWallHoldsAndSaysWhatItLacks(t *testing.T) {
	t.Parallel()
	address := cluster.NewDatabase(t)
	s, err := Open(t.Context(), address+" pool_max_conns=1")
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	w, err := s.Wall(t.Context())
	if err != nil || w.Err() != nil || w.User != AppRole {
		t.Fatalf("%+v, %v: %v", w, err, w.Err())
	}
	if _, err := s.pool.Exec(t.Context(), "RESET ROLE"); err != nil {
		t.Fatal(err)
	}
	if w, err = s.Wall(t.Context()); err != nil {
		t.Fatal(err)
	}
	if text := w.Err(); text == nil || !strings.Contains(text.Error(), "start anew") || strings.Contains(text.Error(), "ROLE") {
		t.Errorf("as %s it says %v", w.User, text)
	}
}

func TestTheWallGivesDaysOfAreasToWhoSeesThemWhole(t *testing.T) {
	t.Parallel()
	s := wallWorld(t)
	all := store.WithScope(t.Context(), store.Scope{Everywhere: true})
	put := func(ctx context.Context) error {
		return s.Write(ctx, func(ctx context.Context, tx store.Tx) error {
			return tx.Figures().PutAreaDays(ctx, []store.AreaDay{{Day: 1}, {Area: "32", Day: 1}, {Area: "32.04", Day: 1}, {Area: "33", Day: 1}})
		})
	}
	if err := put(store.WithScope(t.Context(), store.Scope{FiguresUnder: "32"})); err == nil {
		t.Error("a province writes them")
	}
	if err := put(all); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		ctx  context.Context
		want int
	}{
		"nobody":     {t.Context(), 0},
		"a village":  {store.WithScope(t.Context(), store.Scope{Figures: []uint32{1}}), 0},
		"a province": {store.WithScope(t.Context(), store.Scope{FiguresUnder: "32"}), 2},
		"a district": {store.WithScope(t.Context(), store.Scope{FiguresUnder: "32.04"}), 1},
		"the nation": {all, 4},
		"operators":  {store.AsOperator(t.Context()), 4},
	} {
		if n := rows(t, s, c.ctx, "area_day", "true"); n != c.want {
			t.Errorf("%s: %d rows, want %d", name, n, c.want)
		}
	}
}
