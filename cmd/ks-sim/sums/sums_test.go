package sums

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
	"github.com/keluarga-sehat/sync/server/tally"
)

// familiesVariable is how many families are made; defaultFamilies where it is not
// set.
const (
	familiesVariable = "KS_SUMS_FAMILIES"
	defaultFamilies  = 3000
)

//go:embed values.sql
var valuesSQL string

func TestEveryFigureEqualsARecomputeInPlainSQL(t *testing.T) {
	t.Parallel()
	families := defaultFamilies
	if text := os.Getenv(familiesVariable); text != "" {
		var err error
		if families, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorld(t)
	w.live(families)
	db := w.open()
	board := tally.New(w.store, time.Now)
	if err := board.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	compared, counted := 0, map[int]int64{}
	check := func(name, where string, sum *summed) {
		figures := figuresIn(t, db, where)
		years := []iks.YearTally{{Provisional: sum.Provisional, Verified: sum.Verified}}
		for _, year := range surveyYears {
			years = append(years, sum.inYear(year))
		}
		for i := range years {
			compared += compare(t, name, figures, &years[i])
			counted[years[i].Year] += years[i].Verified.Of(iks.Inti).Complete()
		}
	}
	area := func(code string) *summed {
		return &summed{board.Area(code).Figures, func(year int) iks.YearTally { return board.InYear(code, year).YearTally }}
	}
	for _, code := range []string{"", "32", "33", "32.04", "32.05", "33.01", "32.04.05", "32.04.06", "32.05.01", "33.01.01"} {
		check("area "+code, fmt.Sprintf("code LIKE '%s%%'", code), area(code))
	}
	for code, list := range map[string][]string{"P3204050101": {villages[0], villages[2]}, "P3204050102": {villages[1]}} {
		part, _, _ := board.FindPuskesmas(code)
		in := func(year int) iks.YearTally { return board.PuskesmasInYear(code, year).YearTally }
		check(code, "code IN ('"+strings.Join(list, "','")+"')", &summed{part.Sum.Figures, in})
	}
	for i, code := range villages {
		check(code, fmt.Sprintf("code = '%s'", code), area(code))
		w.checkPlaces(uint32(i+1), code, check)
	}
	t.Logf("%d figures of %d families compared; complete ones verified by year (0: any): %v", compared, families, counted)
	for _, year := range []int{0, 2026, 2027} {
		if counted[year] == 0 {
			t.Errorf("nothing was verified of year %d: the test tests nothing", year)
		}
	}
}

// compare compares an area's figures of a year (0: any) with those of plain SQL, and
// tells how many.
func compare(t *testing.T, name string, figures map[key]int64, y *iks.YearTally) (compared int) {
	t.Helper()
	for basis, whole := range []*iks.Tally{&y.Provisional, &y.Verified} {
		for membership, of := range []iks.Basis{iks.Besar, iks.Inti} {
			for figure, got := range named(whole.Of(of)) {
				compared++
				if want := figures[key{y.Year, basis, membership, figure}]; got != want {
					t.Errorf("%s, year %d, basis %d, membership %d, %s: %d, plain SQL says %d", name, y.Year, basis, membership, figure, got, want)
				}
			}
		}
	}
	return compared
}

// surveyYears are those in which families may have been surveyed, and one before.
var surveyYears = []int{2025, 2026, 2027}

// summed is an area's figures, and those by survey year.
type summed struct {
	tally.Figures
	inYear func(year int) iks.YearTally
}

// checkPlaces compares a village's RT and RW.
func (w *world) checkPlaces(number uint32, code string, check func(name, where string, sum *summed)) {
	w.t.Helper()
	var rows []store.Place
	err := w.store.Read(store.WithScope(w.t.Context(), store.Scope{Everywhere: true}), func(ctx context.Context, snap store.Snapshot) (err error) {
		rows, err = snap.PlacesOf(ctx, number)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	rws, byYear := map[area.Place]*tally.Figures{}, map[area.Place]*iks.YearTallies{}
	for i := range rows {
		f := tally.Figures{Provisional: rows[i].Provisional, Verified: rows[i].Verified}
		years, err := rows[i].Years.Unpack(&f.Provisional, &f.Verified)
		if err != nil {
			w.t.Fatal(err)
		}
		check(code+"/"+rows[i].Place.String(), fmt.Sprintf("code = '%s' AND place = %d", code, rows[i].Place), &summed{f, in(&years)})
		rw := rows[i].Place / 1000
		if rws[rw] == nil {
			rws[rw], byYear[rw] = &tally.Figures{}, &iks.YearTallies{}
		}
		rws[rw].Add(&f)
		byYear[rw].AddTallies(years)
	}
	for rw, f := range rws {
		check(fmt.Sprintf("%s/%03d", code, rw), fmt.Sprintf("code = '%s' AND place / 1000 = %d", code, rw), &summed{*f, in(byYear[rw])})
	}
}

// in looks tallies by survey year up.
func in(years *iks.YearTallies) func(year int) iks.YearTally {
	return func(year int) iks.YearTally {
		if found := years.Of(year); found != nil {
			return *found
		}
		return iks.YearTally{Year: year}
	}
}

type key struct {
	year, basis, membership int // year 0 is any
	figure                  string
}

// named are the figures of a summary by the names that values.sql gives.
func named(s iks.Summary) map[string]int64 {
	out := map[string]int64{"surveyed": s.Surveyed()}
	for _, c := range []iks.Category{iks.TidakSehat, iks.PraSehat, iks.Sehat, iks.Incomplete, iks.Undefined} {
		out[fmt.Sprintf("category %d", c)] = s.InCategory(c)
	}
	for n := 1; n <= iks.Indicators; n++ {
		for _, v := range []iks.Value{iks.Y, iks.T, iks.N} {
			out[fmt.Sprintf("%d%s", n, v)] = s.Value(n, v)
		}
	}
	return out
}

func figuresIn(t *testing.T, db *sql.DB, where string) map[key]int64 {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT year, basis, membership, figure, sum(n) FROM figure JOIN village ON number = village WHERE `+where+` GROUP BY 1, 2, 3, 4`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := map[key]int64{}
	for rows.Next() {
		var k key
		var n int64
		if err := rows.Scan(&k.year, &k.basis, &k.membership, &k.figure, &n); err != nil {
			t.Fatal(err)
		}
		out[k] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// open opens every family, as it is and as it was approved, into a database of its
// own, and lets plain SQL recompute the figures.
func (w *world) open() *sql.DB {
	w.t.Helper()
	db, err := sql.Open("sqlite3", "file:"+w.t.TempDir()+"/opened.db?_journal=OFF&_sync=OFF&_cache_size=-200000")
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		if err := db.Close(); err != nil {
			w.t.Error(err)
		}
	})
	db.SetMaxOpenConns(1)
	tables, recompute, _ := strings.Cut(valuesSQL, "-- Completed months")
	w.exec(db, tables)
	w.exec(db, "CREATE TABLE village (number, code)")
	begun, err := db.BeginTx(w.t.Context(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	tx := &opening{begun, map[string]*sql.Stmt{}}
	for i, code := range villages {
		w.insert(tx, "village", i+1, code)
		w.openVillage(tx, uint32(i+1))
	}
	if err := tx.Commit(); err != nil {
		w.t.Fatal(err)
	}
	w.exec(db, "ANALYZE; -- Completed months"+recompute)
	return db
}

func (w *world) openVillage(tx *opening, village uint32) {
	w.t.Helper()
	const page = 500
	var after merge.ID
	for {
		var rows []store.Family
		err := w.store.Read(w.t.Context(), func(ctx context.Context, snap store.Snapshot) (err error) {
			rows, err = snap.FamiliesByID(ctx, village, nil, after, page)
			return err
		})
		if err != nil {
			w.t.Fatal(err)
		}
		for i := range rows {
			_, _, state, err := w.core.Vault.OpenFamily(&rows[i])
			if err != nil {
				w.t.Fatal(err)
			}
			w.openFamily(tx, 0, &rows[i], &state)
			approved, err := w.core.Vault.OpenApproved(&rows[i])
			if err != nil {
				w.t.Fatal(err)
			}
			if approved != nil {
				w.openFamily(tx, 1, &rows[i], approved)
			}
		}
		if len(rows) < page {
			return
		}
		after = rows[len(rows)-1].ID
	}
}

func (w *world) openFamily(tx *opening, basis int, row *store.Family, state *merge.State) {
	w.t.Helper()
	h, err := merge.View(state)
	if err != nil {
		w.t.Fatal(err)
	}
	var left any
	switch removal := h.GetFamily().GetRemoval(); removal.GetReason() {
	case ksv1.RemovalReason_REMOVAL_REASON_UNSPECIFIED:
	case ksv1.RemovalReason_REMOVAL_REASON_DIED, ksv1.RemovalReason_REMOVAL_REASON_MOVED:
		left = removal.GetDate()
	default:
		left = "" // was never there
	}
	id := row.ID.String()
	w.insert(tx, "household", basis, id, row.Village, int64(row.Place), left)
	for opened, hr := range h.GetRounds() {
		r := hr.GetRound()
		if r.GetWithdrawal() != nil {
			continue
		}
		w.insert(tx, "round", basis, id, opened, r.GetSurveyDate(), code(r.CleanWater), code(r.ProtectedWater), code(r.Toilet), code(r.SanitaryToilet),
			code(r.MentalDisorder), code(r.MentalDisorderMedicine), code(r.Restrained))
		for _, hi := range hr.GetIndividuals() {
			w.insertPerson(tx, []any{basis, id, opened}, h, hr, hi)
		}
	}
}

// insertPerson puts a member's part in a round down; one who was entered twice has
// none.
func (w *world) insertPerson(tx *opening, round []any, h *ksv1.Household, hr *ksv1.HouseholdRound, hi *ksv1.HouseholdIndividual) {
	w.t.Helper()
	positions := map[string]int{}
	for i, m := range h.GetMembers() {
		for _, other := range hr.GetIndividuals() {
			if other.GetMemberId() == m.GetMemberId() && m.GetMember().GetRemoval() == nil {
				positions[m.GetMemberId()] = i + 1
			}
		}
	}
	position := positions[hi.GetMemberId()]
	if position == 0 {
		return
	}
	m, x := h.GetMembers()[position-1].GetMember(), hi.GetIndividual()
	link := func(id string) any {
		switch {
		case id == "":
			return nil
		case positions[id] == 0:
			return -1
		}
		return positions[id]
	}
	w.insert(tx, "person", append(round, position, x.GetRelation() >= 1 && x.GetRelation() <= 3, int(m.GetSex()), m.GetBirthDate(), int(x.GetMaritalStatus()),
		link(x.GetSpouseId()), link(m.GetMotherId()), code(x.Pregnant), code(x.HealthInsurance), code(x.Smokes), code(x.UsesToilet), code(x.UsesCleanWater),
		code(x.Tuberculosis), code(x.TuberculosisMedicine), code(x.TuberculosisSymptoms), code(x.Hypertension), code(x.HypertensionMedicine),
		number(x.SystolicMmhg), number(x.DiastolicMmhg), code(x.Contraception), code(x.ContraceptionReason), code(x.BirthInFacility),
		code(x.ExclusiveBreastfeeding), code(x.CompleteImmunisation), code(x.GrowthMonitored))...)
}

// code is an answer as the paper has it; nil: none.
func code[E ~int32](e *E) any {
	if e == nil || *e == 0 {
		return nil
	}
	return int(*e)
}

func number(n *uint32) any {
	if n == nil {
		return nil
	}
	return int(*n)
}

// opening is what families are opened into, with a statement for each table.
type opening struct {
	*sql.Tx
	into map[string]*sql.Stmt
}

func (w *world) insert(tx *opening, table string, values ...any) {
	w.t.Helper()
	var err error
	if tx.into[table] == nil {
		tx.into[table], err = tx.PrepareContext(w.t.Context(), "INSERT INTO "+table+" VALUES (?"+strings.Repeat(", ?", len(values)-1)+")")
	}
	if err == nil {
		_, err = tx.into[table].ExecContext(w.t.Context(), values...)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) exec(db *sql.DB, statements string) {
	w.t.Helper()
	if _, err := db.ExecContext(w.t.Context(), statements); err != nil {
		w.t.Fatal(err)
	}
}
