package statements

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/server/store"
)

// Figures gives the sums of days that are over for writing.
func (t *Tx) Figures() store.FigureWriter { return t }

// AreaDays hands over rows.
func (t *Tx) AreaDays(ctx context.Context, q store.AreaDayQuery, visit func(*store.AreaDay) error) error {
	causes := ""
	if q.Causes {
		causes = ", causes, year_causes"
	}
	return t.each(ctx, "read days of areas", `SELECT area, day, villages, provisional, verified, collection, years, uncounted`+causes+`
FROM area_day WHERE area `+t.engine.InTexts("$1")+` AND day BETWEEN $2 AND $3 ORDER BY area, day`,
		[]any{t.engine.Texts(q.Areas), int64(q.From), int64(q.To)}, func(rows Rows) error {
			var d store.AreaDay
			var day, uncounted int64
			var provisional, verified, counts, causes, yearCauses []int64
			var years []byte
			into := []any{
				&d.Area, &day, &d.Villages, t.engine.ScanCounts(&provisional), t.engine.ScanCounts(&verified), t.engine.ScanCounts(&counts), &years, &uncounted,
			}
			if q.Causes {
				into = append(into, t.engine.ScanCounts(&causes), t.engine.ScanCounts(&yearCauses))
			}
			err := rows.Scan(into...)
			if err != nil {
				return err
			}
			d.Day, d.Uncounted = int(day), int(uncounted)
			d.Years, d.YearsMissing = iks.PackedYears(years), years == nil
			if d.Provisional, err = tallyOf(provisional); err != nil {
				return err
			}
			if d.Verified, err = tallyOf(verified); err != nil {
				return err
			}
			if d.Collection, err = collection.FromSlice(counts); err != nil {
				return err
			}
			if d.Causes, err = store.CauseSumsOf(causes); err != nil {
				return err
			}
			if d.YearCauses, err = store.YearCausesOf(yearCauses); err != nil {
				return err
			}
			return visit(&d)
		})
}

// AreaDaySpan tells an area's first and last day.
func (t *Tx) AreaDaySpan(ctx context.Context, area string) (span store.AreaDaySpan, err error) {
	err = t.one(ctx, "find days of an area", `SELECT day, villages,
    (SELECT min(day) FROM area_day first WHERE first.area = area_day.area)
FROM area_day WHERE area = $1 ORDER BY day DESC LIMIT 1`, []any{area}, func(rows Rows) error {
		var first, last int64
		err := rows.Scan(&last, &span.Villages, &first)
		span.First, span.Last = int(first), int(last)
		return err
	})
	return span, err
}

// PutAreaDays writes rows.
func (t *Tx) PutAreaDays(ctx context.Context, list []store.AreaDay) error {
	rows := make([][]any, len(list))
	for i := range list {
		d := &list[i]
		rows[i] = []any{
			d.Area, int64(d.Day), d.Villages, t.engine.Counts(d.Provisional.Counts()), t.engine.Counts(d.Verified.Counts()),
			t.engine.Counts(d.Collection.Slice()), t.engine.Counts(d.Causes.Slice()), yearsColumn(d.Years, d.YearsMissing), int64(d.Uncounted),
			t.engine.Counts(d.YearCauses.Slice()),
		}
	}
	return t.fail("write days of areas", t.conn.Bulk(ctx, `
INSERT INTO area_day (area, day, villages, provisional, verified, collection, causes, years, uncounted, year_causes)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (area, day) DO UPDATE SET villages = excluded.villages, provisional = excluded.provisional,
    verified = excluded.verified, collection = excluded.collection, causes = excluded.causes, years = excluded.years,
    uncounted = excluded.uncounted, year_causes = excluded.year_causes`, rows))
}

// ForgetAreaDays deletes those of an area that are after a day.
func (t *Tx) ForgetAreaDays(ctx context.Context, area string, after int) error {
	_, err := t.conn.Exec(ctx, `DELETE FROM area_day WHERE area = $1 AND day > $2`, area, int64(after))
	return t.fail("delete days of an area", err)
}
