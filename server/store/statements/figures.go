package statements

import (
	"context"
	"strings"

	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/store"
)

// effortColumns are the counts of collection, by name.
var effortColumns = strings.Join(collection.Names[:], ", ")

var insertEfforts = Insertion{Table: "effort", Columns: "village, day, surveyor, " + effortColumns, Conflict: `
ON CONFLICT (village, day, surveyor) DO UPDATE SET ` + addAll("effort", collection.Names[:])}

// addAll is the assignments that add what is to be inserted to what is there.
func addAll(table string, columns []string) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = c + " = " + table + "." + c + " + excluded." + c
	}
	return strings.Join(parts, ", ")
}

func (v *villageTx) putEfforts(ctx context.Context, c *store.Commit) error {
	rows := make([][]any, len(c.Efforts))
	for i := range c.Efforts {
		e := &c.Efforts[i]
		rows[i] = []any{int64(v.row.Number), int64(c.Day), int64(e.Surveyor)}
		for _, n := range e.Counts {
			rows[i] = append(rows[i], n)
		}
	}
	return v.insert(ctx, "write efforts", insertEfforts, rows)
}

const selectDaily = `SELECT village, day, provisional, verified, collection, years FROM daily d `

func (t *Tx) daily(ctx context.Context, sql string, args ...any) ([]store.DailyTally, error) {
	var out []store.DailyTally
	err := t.each(ctx, "read daily tallies", selectDaily+sql, args, func(rows Rows) error {
		var d store.DailyTally
		var village, day int64
		var provisional, verified, counts []int64
		var years []byte
		err := rows.Scan(&village, &day, t.engine.ScanCounts(&provisional), t.engine.ScanCounts(&verified), t.engine.ScanCounts(&counts), &years)
		if err != nil {
			return err
		}
		d.Village, d.Day = uint32(village), int(day)
		d.Years, d.YearsMissing = iks.PackedYears(years), years == nil
		if d.Provisional, err = tallyOf(provisional); err != nil {
			return err
		}
		if d.Collection, err = collection.FromSlice(counts); err != nil {
			return err
		}
		d.Verified, err = tallyOf(verified)
		out = append(out, d)
		return err
	})
	return out, err
}

// DailyTallies reads tallies as of the end of a day.
func (t *Tx) DailyTallies(ctx context.Context, villages []uint32, day int) ([]store.DailyTally, error) {
	return t.daily(ctx, `WHERE (village, day) IN (SELECT village, max(day) FROM daily
WHERE village `+t.engine.InInts("$1")+` AND day <= $2 GROUP BY village)`,
		t.engine.Ints(numbersOf(villages)), int64(day))
}

// FirstDay is the first day with a tally.
func (t *Tx) FirstDay(ctx context.Context, villages []uint32) (int, error) {
	var day int64
	err := t.one(ctx, "find first day", `SELECT coalesce(min(day), 0) FROM daily WHERE village `+t.engine.InInts("$1"),
		[]any{t.engine.Ints(numbersOf(villages))}, func(rows Rows) error { return rows.Scan(&day) })
	return int(day), err
}

// DailyTalliesBetween reads the tallies kept in a period.
func (t *Tx) DailyTalliesBetween(ctx context.Context, villages []uint32, after, upTo int) ([]store.DailyTally, error) {
	return t.daily(ctx, `WHERE village `+t.engine.InInts("$1")+` AND day > $2 AND day <= $3 ORDER BY day, village`,
		t.engine.Ints(numbersOf(villages)), int64(after), int64(upTo))
}

// Efforts sums the work of a period by account.
func (t *Tx) Efforts(ctx context.Context, villages []uint32, from, to int) ([]store.Effort, error) {
	sums := make([]string, len(collection.Names))
	for i, name := range collection.Names {
		sums[i] = "CAST(sum(" + name + ") AS BIGINT)"
	}
	var out []store.Effort
	err := t.each(ctx, "read efforts", `SELECT surveyor, `+strings.Join(sums, ", ")+`
FROM effort WHERE village `+t.engine.InInts("$1")+` AND day BETWEEN $2 AND $3 GROUP BY surveyor ORDER BY surveyor`,
		[]any{t.engine.Ints(numbersOf(villages)), int64(from), int64(to)}, func(rows Rows) error {
			var e store.Effort
			var surveyor int64
			dest := []any{&surveyor}
			for i := range e.Counts {
				dest = append(dest, &e.Counts[i])
			}
			err := rows.Scan(dest...)
			e.Surveyor = uint32(surveyor)
			out = append(out, e)
			return err
		})
	return out, err
}

// Revisions are the last ones of villages.
func (t *Tx) Revisions(ctx context.Context, villages []uint32) (map[uint32]uint64, error) {
	out := make(map[uint32]uint64, len(villages))
	err := t.each(ctx, "read revisions", `SELECT number, revision FROM village WHERE number `+t.engine.InInts("$1"),
		[]any{t.engine.Ints(numbersOf(villages))}, func(rows Rows) error {
			var number, revision int64
			err := rows.Scan(&number, &revision)
			out[uint32(number)] = uint64(revision)
			return err
		})
	return out, err
}

// DirectoryVersion changes with areas, Puskesmas and targets.
func (t *Tx) DirectoryVersion(ctx context.Context) (string, error) { return t.Meta(ctx, metaDirectory) }

// WholeDirectory reads all areas, Puskesmas and targets.
func (t *Tx) WholeDirectory(ctx context.Context) (*store.WholeDirectory, error) {
	d := &store.WholeDirectory{}
	err := t.each(ctx, "list areas", `SELECT code, name FROM area ORDER BY code`, nil, func(rows Rows) error {
		var a store.Area
		err := rows.Scan(&a.Code, &a.Name)
		d.Areas = append(d.Areas, a)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = t.each(ctx, "list villages", `SELECT number, code, puskesmas FROM village ORDER BY code`, nil, func(rows Rows) error {
		var v store.VillageName
		var number int64
		err := rows.Scan(&number, &v.Code, &v.Puskesmas)
		v.Number = uint32(number)
		d.Villages = append(d.Villages, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = t.each(ctx, "list Puskesmas", `SELECT code, name, district FROM puskesmas ORDER BY code`, nil, func(rows Rows) error {
		var p store.Puskesmas
		err := rows.Scan(&p.Code, &p.Name, &p.District)
		d.Puskesmas = append(d.Puskesmas, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	d.Targets, err = t.Targets(ctx, "")
	return d, err
}
