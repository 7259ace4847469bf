package statements

import (
	"context"
	"errors"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/collection"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// Tx is a transaction, read or write: it is store.Tx, store.Snapshot and
// store.DirectoryWriter.
type Tx struct {
	conn    Conn
	engine  Engine
	village uint32 // locked, where the engine allows but one
	began   bool
}

// NewTx makes a Tx on an engine's transaction.
func NewTx(conn Conn, engine Engine) *Tx { return &Tx{conn: conn, engine: engine} }

// Directory gives the tables of areas, accounts and devices for writing.
func (t *Tx) Directory() store.DirectoryWriter { return t }

// Snapshot reads within the transaction.
func (t *Tx) Snapshot() store.Snapshot { return t }

// fail names the deed and translates the driver's error.
func (t *Tx) fail(deed string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", deed, t.engine.Translate(err))
}

// each runs a query and hands every row to scan.
func (t *Tx) each(ctx context.Context, deed, sql string, args []any, scan func(rows Rows) error) error {
	rows, err := t.conn.Query(ctx, sql, args...)
	if err != nil {
		return t.fail(deed, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return t.fail(deed, err)
		}
	}
	return t.fail(deed, rows.Err())
}

// one is each for a query of at most one row. Errors: store.ErrNotFound.
func (t *Tx) one(ctx context.Context, deed, sql string, args []any, scan func(rows Rows) error) error {
	found := false
	err := t.each(ctx, deed, sql, args, func(rows Rows) error {
		found = true
		return scan(rows)
	})
	if err == nil && !found {
		return fmt.Errorf("%s: %w", deed, store.ErrNotFound)
	}
	return err
}

const selectVillage = `SELECT number, village.code, area.name, puskesmas, revision, hash, provisional, verified, submitted, approved, returned, collection, years, rules, awaited
FROM village LEFT JOIN area ON area.code = village.code `

func (t *Tx) scanVillage(rows Rows) (store.Village, error) {
	var v store.Village
	var number, revision int64
	var name *string
	var hash, years []byte
	var provisional, verified, counts []int64
	err := rows.Scan(&number, &v.Code, &name, &v.Puskesmas, &revision, &hash,
		t.engine.ScanCounts(&provisional), t.engine.ScanCounts(&verified), &v.Submitted, &v.Approved, &v.Returned, t.engine.ScanCounts(&counts), &years, &v.Rules, &v.Awaited)
	if err != nil {
		return v, err
	}
	if name != nil {
		v.Name = *name
	}
	v.Number, v.Revision = uint32(number), uint64(revision)
	v.Years, v.YearsMissing = iks.PackedYears(years), years == nil
	copy(v.Hash[:], hash)
	if v.Provisional, err = tallyOf(provisional); err != nil {
		return v, err
	}
	if v.Collection, err = collection.FromSlice(counts); err != nil {
		return v, err
	}
	v.Verified, err = tallyOf(verified)
	return v, err
}

func tallyOf(counts []int64) (iks.Tally, error) {
	if len(counts) == 0 {
		return iks.Tally{}, nil
	}
	return iks.FromCounts(counts)
}

// InVillage locks the village's row and runs fn under a savepoint.
func (t *Tx) InVillage(ctx context.Context, number uint32, fn func(v store.VillageTx) error) error {
	v, err := t.lockVillage(ctx, number)
	if errors.Is(err, store.ErrNotFound) {
		if number, err = t.takerOf(ctx, number); err == nil {
			v, err = t.lockVillage(ctx, number)
		}
	}
	if err != nil {
		return err
	}
	if !t.engine.ManyVillages() {
		return fn(v)
	}
	if _, err := t.conn.Exec(ctx, "SAVEPOINT in_village"); err != nil {
		return t.fail("set savepoint", err)
	}
	if err := fn(v); err != nil {
		_, undo := t.conn.Exec(ctx, "ROLLBACK TO in_village")
		return errors.Join(err, t.fail("roll back to savepoint", undo))
	}
	_, err = t.conn.Exec(ctx, "RELEASE in_village")
	return t.fail("release savepoint", err)
}

// lockVillage locks the village's row.
func (t *Tx) lockVillage(ctx context.Context, number uint32) (*villageTx, error) {
	if t.village != 0 && t.village != number && !t.engine.ManyVillages() {
		return nil, fmt.Errorf("village %d after %d: %w", number, t.village, store.ErrSecondVillage)
	}
	v := &villageTx{tx: t}
	err := t.one(ctx, fmt.Sprintf("lock village %d", number),
		`SELECT number, code, `+t.engine.EnterVillage()+`, puskesmas, revision, hash, provisional, verified, submitted, approved, returned,
    collection, years, rules, awaited
FROM village WHERE number = $1`+t.engine.ForUpdate(), []any{int64(number)}, func(rows Rows) (err error) {
			v.row, err = t.scanVillage(rows)
			return err
		})
	if err != nil {
		return nil, err
	}
	t.village = number
	return v, nil
}

// villageTx is a locked village.
type villageTx struct {
	tx  *Tx
	row store.Village
	// absent are families that were looked for and are not there: nobody else adds them
	// while the village's row is locked.
	absent map[merge.ID]bool
}

func (v *villageTx) Village() store.Village { return v.row }

const familyColumns = `village, id, place, state, revision, survey_date, salt, payload, approved_payload, review, review_state,
provisional, verified, findings, conflicts, judged_payload, review_author, review_ms, calls, surveyor, doubles, years`

const selectFamily = `SELECT ` + familyColumns + `, restricted, superseded FROM `

func scanFamily(rows Rows) (store.Family, error) {
	var f store.Family
	var village, place, state, revision, surveyDate, reviewState, provisional, verified, findings, conflicts, calls, surveyor int64
	var author, restricted, superseded int64
	var id, salt []byte
	err := rows.Scan(&village, &id, &place, &state, &revision, &surveyDate, &salt, &f.Payload, &f.ApprovedPayload, &f.Review,
		&reviewState, &provisional, &verified, &findings, &conflicts, &f.JudgedPayload, &author, &f.ReviewSinceMS, &calls, &surveyor, &f.Doubles, &f.Years, &restricted, &superseded)
	f.ReviewAuthor = uint32(author)
	f.Village, f.Place, f.State, f.Revision = uint32(village), area.Place(place), store.FamilyState(state), uint64(revision)
	f.SurveyDate, f.ReviewState, f.Findings, f.Conflicts = int(surveyDate), int(reviewState), uint64(findings), int(conflicts)
	f.Provisional, f.Verified = iks.Packed(provisional), iks.Packed(verified)
	f.Restricted, f.Superseded = restricted != 0, superseded != 0
	f.Calls, f.Surveyor = collection.Calls(calls), uint32(surveyor)
	copy(f.ID[:], id)
	copy(f.Salt[:], salt)
	return f, err
}

// families runs a query over family rows.
func (t *Tx) families(ctx context.Context, where string, args ...any) ([]store.Family, error) {
	return t.familiesFrom(ctx, "family "+where, args...)
}

// familiesFrom is families; sql follows FROM.
func (t *Tx) familiesFrom(ctx context.Context, sql string, args ...any) ([]store.Family, error) {
	var out []store.Family
	err := t.each(ctx, "read families", selectFamily+sql, args, func(rows Rows) error {
		f, err := scanFamily(rows)
		out = append(out, f)
		return err
	})
	return out, err
}

// BlobsOf is a list of ids, maybe empty, as Engine.Blobs takes it.
func BlobsOf(ids []merge.ID) [][]byte {
	out := make([][]byte, len(ids))
	for i := range ids {
		out[i] = ids[i][:]
	}
	return out
}

func intsOf(places []area.Place) []int64 {
	out := make([]int64, len(places))
	for i, p := range places {
		out[i] = int64(p)
	}
	return out
}

func (v *villageTx) Families(ctx context.Context, ids []merge.ID) (out []store.Family, err error) {
	for _, c := range v.tx.engine.FamiliesAmong(v.row.Number, ids) {
		some, err := v.tx.familiesFrom(ctx, c.SQL, c.Args...)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	v.absent = make(map[merge.ID]bool, len(ids))
	for _, id := range ids {
		v.absent[id] = true
	}
	for i := range out {
		delete(v.absent, out[i].ID)
	}
	return out, nil
}

func (v *villageTx) Committed(ctx context.Context, changes []merge.ID) ([]store.Committed, error) {
	var out []store.Committed
	scan := func(rows Rows) error {
		var c store.Committed
		var id, hash []byte
		var village, revision, timeMS, counter, device, incarnation int64
		err := rows.Scan(&id, &village, &revision, &hash, &timeMS, &counter, &device, &incarnation)
		copy(c.ID[:], id)
		copy(c.ContentHash[:], hash)
		c.Village, c.Revision = uint32(village), uint64(revision)
		c.Stamp = stampOf(timeMS, counter, device, incarnation)
		out = append(out, c)
		return err
	}
	for _, c := range v.tx.engine.Everywhere().Committed(changes) {
		err := v.tx.each(ctx, "find committed changes",
			`SELECT change, village, revision, content_hash, time_ms, counter, device, incarnation FROM `+c.SQL, c.Args, scan)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func stampOf(timeMS, counter, device, incarnation int64) merge.Stamp {
	return merge.Stamp{TimeMS: uint64(timeMS), Counter: uint32(counter), Device: uint32(device), Incarnation: uint32(incarnation)}
}

const selectPlace = `SELECT place, digest, families, provisional, verified, collection, years FROM place `

func (t *Tx) places(ctx context.Context, sql string, args ...any) ([]store.Place, error) {
	var out []store.Place
	err := t.each(ctx, "read RT", selectPlace+sql, args, func(rows Rows) error {
		var p store.Place
		var place int64
		var digest, years []byte
		var provisional, verified, counts []int64
		err := rows.Scan(&place, &digest, &p.Families, t.engine.ScanCounts(&provisional), t.engine.ScanCounts(&verified), t.engine.ScanCounts(&counts), &years)
		if err != nil {
			return err
		}
		p.Place, p.Years = area.Place(place), iks.PackedYears(years)
		copy(p.Digest[:], digest)
		if p.Provisional, err = tallyOf(provisional); err != nil {
			return err
		}
		if p.Collection, err = collection.FromSlice(counts); err != nil {
			return err
		}
		p.Verified, err = tallyOf(verified)
		out = append(out, p)
		return err
	})
	return out, err
}

func (v *villageTx) Places(ctx context.Context, places []area.Place) ([]store.Place, error) {
	e := v.tx.engine
	return v.tx.places(ctx, `WHERE village = $1 AND place `+e.InInts("$2"), int64(v.row.Number), e.Ints(intsOf(places)))
}

func (v *villageTx) Quarantined(ctx context.Context, changes, families []merge.ID) (out []store.Quarantine, err error) {
	seen := map[merge.ID]bool{}
	for _, c := range v.tx.engine.Everywhere().Quarantined(v.row.Number, families, changes) {
		some, err := v.tx.quarantine(ctx, c.SQL, c.Args...)
		if err != nil {
			return nil, err
		}
		for _, q := range some {
			if !seen[q.Change] {
				out = append(out, q)
			}
			seen[q.Change] = true
		}
	}
	return out, nil
}
