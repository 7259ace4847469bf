package statements

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// PutIdentifiers forgets and adds entries.
func (t *Tx) PutIdentifiers(ctx context.Context, batches []store.IdentifierBatch) error {
	var lists, fresh [][]any
	var entries []store.Identifier
	for i := range batches {
		b := &batches[i]
		if i > 0 && !t.engine.ManyVillages() {
			return fmt.Errorf("identifiers of village %d after %d: %w", b.Village, batches[0].Village, store.ErrSecondVillage)
		}
		if err := t.followIdentifiers(ctx, b); err != nil {
			return err
		}
		lists = append(lists, listsOf(b.Village, b.Entries)...)
		fresh = append(fresh, listsOf(b.Village, b.Listed)...)
		for _, e := range b.Entries {
			e.Village = b.Village
			entries = append(entries, e)
		}
	}
	if err := t.conn.Insert(ctx, t.ofVillages(insertIdentified), lists); err != nil {
		return t.fail("write identifiers of families", err)
	}
	if err := t.conn.Insert(ctx, t.ofVillages(insertListed), fresh); err != nil {
		err = t.fail("list identifiers of families", err)
		if errors.Is(err, store.ErrExists) {
			err = fmt.Errorf("%w: %w", store.ErrOvertaken, err)
		}
		return err
	}
	return t.index(ctx, t.ofVillages(t.insertIndexed()), entries)
}

// IndexIdentifiers adds entries to the index, but for those of villages that are overtaken.
func (t *Tx) IndexIdentifiers(ctx context.Context, entries []store.Identifier, writes map[uint32]uint64) (overtaken []uint32, err error) {
	of := map[uint32]uint64{}
	for i := range entries {
		village := entries[i].Village
		if of[village] = writes[village]; of[village] == 0 {
			return nil, fmt.Errorf("identifiers of village %d: it is not said how often they were written", village)
		}
	}
	if overtaken, err = t.overtaken(ctx, of); err != nil {
		return nil, err
	}
	if len(overtaken) > 0 {
		entries = slices.DeleteFunc(slices.Clone(entries), func(e store.Identifier) bool { return slices.Contains(overtaken, e.Village) })
	}
	if enter := t.engine.EnterIndex(); enter != "" {
		if err := t.conn.Do(ctx, enter); err != nil {
			return nil, t.fail("enter the index of identifiers", err)
		}
	}
	return overtaken, t.index(ctx, t.insertIndexed(), entries)
}

func (t *Tx) insertIndexed() Insertion {
	return Insertion{Table: "identifier", Columns: identifierColumns, Conflict: t.engine.IdentifierConflict()}
}

func (t *Tx) index(ctx context.Context, into Insertion, entries []store.Identifier) error {
	if len(entries) == 0 {
		return nil
	}
	return t.fail("write identifiers", t.conn.Insert(ctx, into, indexRows(entries)))
}

// ofVillages is an insertion whose first column is the village, which is one where a
// transaction has but one.
func (t *Tx) ofVillages(into Insertion) Insertion {
	if !t.engine.ManyVillages() {
		into.Common = 1
	}
	return into
}

const (
	identifierColumns = "village, hash, revision"
	identifierWidth   = 3
	identifiedColumns = "village, family, entries, revision"
)

// insertIdentified replaces families' lists. Looking whether there are any takes PostgreSQL
// half as long again: those of whom there are none are listed by insertListed.
var (
	insertListed     = Insertion{Table: "identified", Columns: identifiedColumns}
	insertIdentified = Insertion{Table: "identified", Columns: identifiedColumns,
		Conflict: " ON CONFLICT (village, family) DO UPDATE SET entries = excluded.entries, revision = excluded.revision"}
)

// indexRows are the rows of the index for some entries, in its order, each once.
func indexRows(entries []store.Identifier) [][]any {
	if !slices.IsSortedFunc(entries, store.Identifier.Compare) {
		slices.SortFunc(entries, store.Identifier.Compare)
	}
	rows := make([][]any, 0, len(entries))
	values := make([]any, 0, len(entries)*identifierWidth)
	for i := range entries {
		e := &entries[i]
		if i > 0 && e.Compare(entries[i-1]) == 0 {
			continue
		}
		n := len(values)
		values = append(values, int64(e.Village), e.Key(), int64(e.Revision))
		rows = append(rows, values[n:len(values):len(values)])
	}
	return rows
}

// An entry of a family's list: its hash, then the member.
const (
	listHash  = 16
	listEntry = listHash + 16
)

// listsOf are rows of identified: the entries of each family, in the families'
// order.
func listsOf(village uint32, entries []store.Identifier) [][]any {
	at := map[merge.ID]int{}
	var rows [][]any
	for i := range entries {
		e := &entries[i]
		n, ok := at[e.Family]
		if !ok {
			n = len(rows)
			at[e.Family] = n
			rows = append(rows, []any{int64(village), e.Family[:], []byte(nil), int64(e.Revision)})
		}
		rows[n][2] = append(append(rows[n][2].([]byte), e.Hash[:]...), e.Member[:]...)
	}
	slices.SortFunc(rows, func(a, b []any) int { return bytes.Compare(a[1].([]byte), b[1].([]byte)) })
	return rows
}

// readList adds the entries of a family's list.
func readList(out []store.Identifier, village uint32, family, list []byte, revision uint64) ([]store.Identifier, error) {
	if len(list)%listEntry != 0 {
		return out, fmt.Errorf("a list of identifiers has %d bytes", len(list))
	}
	for ; len(list) > 0; list = list[listEntry:] {
		out = append(out, store.Identifier{
			Hash: [16]byte(list[:listHash]), Village: village, Family: merge.ID(family), Member: merge.ID(list[listHash:listEntry]), Revision: revision,
		})
	}
	return out, nil
}

// lists reads what families are found by; from follows FROM.
func (t *Tx) lists(ctx context.Context, from string, args ...any) (out []store.Identifier, err error) {
	err = t.each(ctx, "read identifiers of families", `SELECT found.`+strings.ReplaceAll(identifiedColumns, ", ", ", found.")+` FROM `+from, args, func(rows Rows) error {
		var village, revision int64
		var family, list []byte
		err := rows.Scan(&village, &family, &list, &revision)
		if err == nil {
			out, err = readList(out, uint32(village), family, list, uint64(revision))
		}
		return err
	})
	return out, err
}

// listed reads what families are found by; the condition follows WHERE.
func (t *Tx) listed(ctx context.Context, where string, args ...any) ([]store.Identifier, error) {
	return t.lists(ctx, `identified AS found WHERE `+where, args...)
}

// IdentifiersOf reads what families are found by.
func (t *Tx) IdentifiersOf(ctx context.Context, village uint32, families ...merge.ID) ([]store.Identifier, error) {
	out, err := t.listed(ctx, `village = $1 AND family `+t.engine.InBlobs("$2"), int64(village), t.engine.Blobs(BlobsOf(families)))
	slices.SortFunc(out, func(a, b store.Identifier) int { return bytes.Compare(a.Hash[:], b.Hash[:]) })
	return out, err
}

// Sharing finds who has an identifier. Other hashes of the same key are left out.
func (t *Tx) Sharing(ctx context.Context, hash [16]byte, limit int) ([]store.Identifier, error) {
	out, err := t.lists(ctx, t.engine.Everywhere().Sharing, store.Identifier{Hash: hash}.Key(), int64(limit))
	return slices.DeleteFunc(out, func(i store.Identifier) bool { return i.Hash != hash }), err
}

// SharedHashes gives the hashes by which more than one family is found, and by how many.
func (t *Tx) SharedHashes(ctx context.Context, hashes [][16]byte) (map[[16]byte]int, error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	keys := make([]int64, len(hashes))
	for i := range hashes {
		keys[i] = store.Identifier{Hash: hashes[i]}.Key()
	}
	asked := slices.Clone(keys)
	slices.Sort(asked)
	shared := map[int64]int{}
	err := t.each(ctx, "find shared identifiers", `SELECT hash, families FROM `+t.engine.Everywhere().SharedHashes, []any{t.engine.Ints(slices.Compact(asked))},
		func(rows Rows) error {
			var key int64
			var families int
			err := rows.Scan(&key, &families)
			shared[key] = families
			return err
		})
	if len(shared) == 0 {
		return nil, err
	}
	out := make(map[[16]byte]int, len(shared))
	for i, key := range keys {
		if shared[key] > 0 {
			out[hashes[i]] = shared[key]
		}
	}
	return out, err
}

// unindex deletes entries from the index, in its order.
func (t *Tx) unindex(ctx context.Context, entries []store.Identifier) error {
	if len(entries) == 0 {
		return nil
	}
	return t.fail("forget identifiers", t.conn.Bulk(ctx, `DELETE FROM identifier WHERE village = $1 AND hash = $2 AND revision = $3`, indexRows(entries)))
}

// forgetIdentifiers deletes all that families are found by. What they do not get anew is
// stale, unless they only get other keys.
func (t *Tx) forgetIdentifiers(ctx context.Context, village uint32, families [][16]byte, rekeyed bool, anew ...[]store.Identifier) error {
	blobs := make([][]byte, len(families))
	for i := range families {
		blobs[i] = families[i][:]
	}
	of, args := `village = $1 AND family `+t.engine.InBlobs("$2"), []any{int64(village), t.engine.Blobs(blobs)}
	had, err := t.listed(ctx, of, args...)
	if err == nil && !rekeyed {
		err = t.markStale(ctx, village, without(had, anew...))
	}
	if err == nil {
		err = t.unindex(ctx, had)
	}
	if err != nil {
		return err
	}
	_, err = t.conn.Exec(ctx, `DELETE FROM identified WHERE `+of, args...)
	return t.fail("forget identifiers of families", err)
}

// followIdentifiers forgets a batch's families and moves its village's progress.
func (t *Tx) followIdentifiers(ctx context.Context, b *store.IdentifierBatch) error {
	if err := t.enter(ctx, b.Village); err != nil {
		return err
	}
	if !b.ProgressAlone() {
		if err := t.countWrite(ctx, b); err != nil {
			return err
		}
	}
	if len(b.Families) > 0 {
		if err := t.forgetIdentifiers(ctx, b.Village, b.Families, b.Rekeyed, b.Entries, b.Listed); err != nil {
			return err
		}
	}
	if b.Revision == 0 {
		return nil
	}
	_, err := t.conn.Exec(ctx, `
INSERT INTO identifier_progress (village, revision) VALUES ($1, $2) ON CONFLICT (village) DO UPDATE SET revision = excluded.revision
WHERE identifier_progress.revision < excluded.revision`, int64(b.Village), int64(b.Revision))
	return t.fail("write progress", err)
}

// enter declares which village's identifiers the transaction writes. Errors:
// store.ErrSecondVillage where it has locked another, which it would leave.
func (t *Tx) enter(ctx context.Context, village uint32) error {
	if t.village != 0 && t.village != village && !t.engine.ManyVillages() {
		return fmt.Errorf("identifiers of village %d in %d: %w", village, t.village, store.ErrSecondVillage)
	}
	return t.each(ctx, "enter village", `SELECT `+t.engine.EnterVillage()+` FROM village WHERE number = $1`, []any{int64(village)},
		func(rows Rows) error { return rows.Scan(new(string)) })
}

// countWrite counts a write in a batch's village, provided that the count is the one which
// the batch expects. Whoever else writes there waits until the
// transaction ends, and finds another count. A write removes from the index what the
// families' lists name: an entry added behind a newer list would never be removed.
//
// Progress alone is written whatever the count: who has written all that it speaks of has it
// done, and who writes there later finds those families listed, and so leaves them listed and
// indexed. Else followers whose telling takes long could keep each other from it for good.
func (t *Tx) countWrite(ctx context.Context, b *store.IdentifierBatch) error {
	count := `UPDATE identifier_progress SET writes = writes + 1 WHERE village = $1 AND writes = $2`
	if b.Writes == 0 { // maybe nothing was
		count = `INSERT INTO identifier_progress (village, revision, writes) VALUES ($1, 0, 1) ON CONFLICT (village) DO UPDATE SET writes = identifier_progress.writes + 1
WHERE identifier_progress.writes = $2`
	}
	n, err := t.conn.Exec(ctx, count, int64(b.Village), int64(b.Writes))
	if err == nil && n == 0 {
		return fmt.Errorf("identifiers of village %d: %w", b.Village, store.ErrOvertaken)
	}
	return t.fail("count writes", err)
}

// overtaken are the villages in which somebody else has written, for the count is not the one
// expected, or is writing: waiting for that one would have others wait who write in all
// the other villages. In those whoever writes waits until the transaction ends.
func (t *Tx) overtaken(ctx context.Context, writes map[uint32]uint64) (villages []uint32, err error) {
	all := slices.Sorted(maps.Keys(writes))
	now := make(map[uint32]uint64, len(all))
	err = t.each(ctx, "read how often was written",
		`SELECT village, writes FROM identifier_progress WHERE village `+t.engine.InInts("$1")+` ORDER BY village`+t.engine.ForUpdateOfFree(), []any{t.engine.Ints(numbersOf(all))},
		func(rows Rows) error {
			var village, n int64
			err := rows.Scan(&village, &n)
			now[uint32(village)] = uint64(n)
			return err
		})
	for _, village := range all {
		if now[village] != writes[village] {
			villages = append(villages, village)
		}
	}
	return villages, err
}

// eraseIdentifiers deletes what an erased family, or an erased member alone, was
// found by.
func (v *villageTx) eraseIdentifiers(ctx context.Context, family [16]byte, member merge.ID) error {
	// Before anything is read: whoever follows the village ends first, or sees it.
	_, err := v.tx.conn.Exec(ctx, `
INSERT INTO identifier_progress (village, revision, writes) VALUES ($1, 0, 1) ON CONFLICT (village) DO UPDATE SET writes = identifier_progress.writes + 1`,
		int64(v.row.Number))
	if err != nil {
		return v.tx.fail("count writes", err)
	}
	if member.IsZero() {
		return v.tx.forgetIdentifiers(ctx, v.row.Number, [][16]byte{family}, false)
	}
	all, err := v.tx.IdentifiersOf(ctx, v.row.Number, family)
	if err != nil {
		return err
	}
	var gone, kept []store.Identifier
	for _, e := range all {
		if e.Member == member {
			gone = append(gone, e)
		} else {
			kept = append(kept, e)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	if len(kept) == 0 {
		return v.tx.forgetIdentifiers(ctx, v.row.Number, [][16]byte{family}, false)
	}
	// A number that somebody else of the family has, too, keeps its entry.
	gone = slices.DeleteFunc(gone, func(g store.Identifier) bool {
		return slices.ContainsFunc(kept, func(k store.Identifier) bool { return k.Key() == g.Key() })
	})
	if err := v.tx.markStale(ctx, v.row.Number, gone); err != nil {
		return err
	}
	if err := v.tx.unindex(ctx, gone); err != nil {
		return err
	}
	return v.tx.fail("erase identifiers", v.tx.conn.Insert(ctx, insertIdentified, listsOf(v.row.Number, kept)))
}
