package statements

import (
	"context"

	"github.com/keluarga-sehat/sync/server/store"
)

// noteRecoded keeps which areas of the tree get another code. It must come before the tree is
// changed.
func (t *Tx) noteRecoded(ctx context.Context, atMS int64, rename func(string) string) error {
	const deed = "note what areas were called"
	err := t.each(ctx, deed, `SELECT coalesce(max(at_ms), 0) FROM recoded`, nil, func(rows Rows) error {
		var last int64
		err := rows.Scan(&last)
		atMS = max(atMS, last+1) // a clock may have been put back
		return err
	})
	if err != nil {
		return err
	}
	var rows [][]any
	stays := map[string]bool{} // of the tree
	var taken []string         // by villages
	err = t.each(ctx, deed, `SELECT code FROM area ORDER BY code`, nil, func(r Rows) error {
		var code string
		err := r.Scan(&code)
		to := rename(code)
		if stays[code] = to == code; !stays[code] {
			rows = append(rows, []any{atMS, code, to})
			if len(to) == villageCodeLength {
				taken = append(taken, to)
			}
		}
		return err
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	for _, code := range taken {
		if stays[code] { // it gives way
			rows = append(rows, []any{atMS, code, ""})
		}
	}
	return t.fail(deed, t.conn.Insert(ctx, Insertion{Table: "recoded", Columns: "at_ms, old_code, new_code"}, rows))
}

// Recodings lists those by which areas took a code or gave it up, newest first.
func (t *Tx) Recodings(ctx context.Context, code string) ([]store.Recoding, error) {
	var out []store.Recoding
	err := t.each(ctx, "read by what decrees a code went over", `SELECT at_ms, old_code, new_code FROM recoded
WHERE old_code = $1 OR new_code = $1 ORDER BY at_ms DESC, old_code`, []any{code}, func(rows Rows) error {
		var r store.Recoding
		err := rows.Scan(&r.AtMS, &r.Old, &r.New)
		out = append(out, r)
		return err
	})
	return out, err
}
