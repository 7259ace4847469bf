package sqlite

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store/statements"
)

// nearMax is by how much the counters of neighbours in a run differ at most: a large
// family with its members, rounds and visits takes fewer.
const nearMax = 256

// scatteredFrom is how many ids a run must have on average for runs to pay.
const scatteredFrom = 4

// among are conditions, any one of which holds for rows whose column is among the
// ids; from numbers their first parameter. What devices send is mostly new, and their
// ids lie next to each other: one look at the index tells of a whole run of ids that
// nothing is there, and the list is read only where something is.
func among(column string, ids []merge.ID, from int) []statements.Condition {
	list := func(ids []merge.ID) any { return engine{}.Blobs(statements.BlobsOf(ids)) }
	found := runs(ids)
	if len(found)*scatteredFrom > len(ids) {
		return []statements.Condition{{SQL: column + " " + engine{}.InBlobs(fmt.Sprintf("$%d", from)), Args: []any{list(ids)}}}
	}
	var out []statements.Condition
	for _, run := range found {
		// The plus keeps the list from being what the index is searched by.
		out = append(out, statements.Condition{
			SQL:  fmt.Sprintf("%s BETWEEN $%d AND $%d AND +%s %s", column, from, from+1, column, engine{}.InBlobs(fmt.Sprintf("$%d", from+2))),
			Args: []any{run[0][:], run[len(run)-1][:], list(run)},
		})
	}
	return out
}

// runs are the ids in order, cut where the next is of another source or lies far.
func runs(ids []merge.ID) (runs [][]merge.ID) {
	compare := func(a, b merge.ID) int { return bytes.Compare(a[:], b[:]) }
	if !slices.IsSortedFunc(ids, compare) {
		ids = slices.SortedFunc(slices.Values(ids), compare)
	}
	first := 0
	for i := 1; i <= len(ids); i++ {
		if i < len(ids) && near(ids[i-1], ids[i]) {
			continue
		}
		runs, first = append(runs, ids[first:i]), i
	}
	return runs
}

// near tells whether b follows a closely.
func near(a, b merge.ID) bool {
	return [8]byte(a[:8]) == [8]byte(b[:8]) && binary.BigEndian.Uint64(b[8:])-binary.BigEndian.Uint64(a[8:]) <= nearMax
}

// familiesAmong finds those families of a village that are among the ids.
func familiesAmong(village uint32, ids []merge.ID) (out []statements.Condition) {
	for _, c := range among("id", ids, 2) {
		out = append(out, statements.Condition{SQL: "family WHERE village = $1 AND " + c.SQL, Args: append([]any{int64(village)}, c.Args...)})
	}
	return out
}

// committed finds changes that were committed.
func committed(changes []merge.ID) (out []statements.Condition) {
	for _, c := range among("change", changes, 1) {
		out = append(out, statements.Condition{SQL: "history WHERE " + c.SQL, Args: c.Args})
	}
	return out
}

// quarantined finds what waits for families of a village, and changes wherever they
// are.
func quarantined(village uint32, families, changes []merge.ID) (out []statements.Condition) {
	for _, c := range among("family", families, 2) {
		out = append(out, statements.Condition{
			SQL: "quarantine WHERE village = $1 AND state = 0 AND " + c.SQL, Args: append([]any{int64(village)}, c.Args...),
		})
	}
	for _, c := range among("change", changes, 1) {
		out = append(out, statements.Condition{SQL: "quarantine WHERE " + c.SQL, Args: c.Args})
	}
	return out
}
