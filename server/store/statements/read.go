package statements

import (
	"context"
	"fmt"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/server/store"
)

// Village reads one.
func (t *Tx) Village(ctx context.Context, number uint32) (store.Village, error) {
	var v store.Village
	err := t.one(ctx, fmt.Sprintf("read village %d", number), selectVillage+`WHERE number = $1`, []any{int64(number)}, func(rows Rows) (err error) {
		v, err = t.scanVillage(rows)
		return err
	})
	return v, err
}

// HashAt is the chain's hash at a revision.
func (t *Tx) HashAt(ctx context.Context, village uint32, revision uint64) (hash merge.ChainHash, ok bool, err error) {
	if revision == 0 {
		return hash, true, nil
	}
	err = t.each(ctx, "read chain", `SELECT chain_hash FROM history WHERE village = $1 AND revision = $2`,
		[]any{int64(village), int64(revision)}, func(rows Rows) error {
			var b []byte
			err := rows.Scan(&b)
			copy(hash[:], b)
			ok = true
			return err
		})
	return hash, ok, err
}

const selectState = `SELECT village, id, place, revision, salt, payload, review, restricted, superseded FROM family `

// states runs a query over family rows, of which it reads what devices pull.
func (t *Tx) states(ctx context.Context, sql string, args ...any) ([]store.Family, error) {
	var out []store.Family
	err := t.each(ctx, "read states", selectState+sql, args, func(rows Rows) error {
		var f store.Family
		var village, place, revision, restricted, superseded int64
		var id, salt []byte
		err := rows.Scan(&village, &id, &place, &revision, &salt, &f.Payload, &f.Review, &restricted, &superseded)
		f.Restricted, f.Superseded = restricted != 0, superseded != 0
		f.Village, f.Place, f.Revision = uint32(village), area.Place(place), uint64(revision)
		copy(f.ID[:], id)
		copy(f.Salt[:], salt)
		out = append(out, f)
		return err
	})
	return out, err
}

// StatesSince reads states past a revision.
func (t *Tx) StatesSince(ctx context.Context, village uint32, after uint64, places []area.Place, limit int) ([]store.Family, error) {
	where, args := t.since(village, after, places, limit)
	return t.states(ctx, where, args...)
}

// since bounds a page of a village's families changed past a revision, of the places (nil: all).
func (t *Tx) since(village uint32, after uint64, places []area.Place, limit int) (where string, args []any) {
	if places == nil {
		return `WHERE village = $1 AND revision > $2 ORDER BY revision LIMIT $3`, []any{int64(village), int64(after), int64(limit)}
	}
	return `WHERE village = $1 AND revision > $2 AND place ` + t.engine.InInts("$3") + ` ORDER BY revision LIMIT $4`,
		[]any{int64(village), int64(after), t.engine.Ints(intsOf(places)), int64(limit)}
}

// ReturnedSince reads those that were returned, by the index family_returned_since.
func (t *Tx) ReturnedSince(ctx context.Context, village uint32, after uint64, places []area.Place, limit int) ([]store.Family, error) {
	const returned = `WHERE village = $1 AND revision > $2 AND review_state = 3 AND restricted = 0 AND superseded = 0 `
	if places == nil {
		return t.states(ctx, returned+`ORDER BY revision DESC LIMIT $3`, int64(village), int64(after), int64(limit))
	}
	return t.states(ctx, returned+`AND place `+t.engine.InInts("$3")+` ORDER BY revision DESC LIMIT $4`,
		int64(village), int64(after), t.engine.Ints(intsOf(places)), int64(limit))
}

// CountStatesSince counts what StatesSince reads and devices hold.
func (t *Tx) CountStatesSince(ctx context.Context, village uint32, after uint64, places []area.Place, limit int) (int, error) {
	where, args := t.since(village, after, places, limit)
	return t.countHeld(ctx, where, args)
}

// CountStatesByID counts what StatesByID reads and devices hold.
func (t *Tx) CountStatesByID(ctx context.Context, village uint32, places []area.Place, after merge.ID, limit int) (int, error) {
	where, args := t.byID(village, places, after, limit)
	return t.countHeld(ctx, where, args)
}

// countHeld counts families of a page. The page's order has its index read, as its states have.
func (t *Tx) countHeld(ctx context.Context, where string, args []any) (int, error) {
	var n int64
	err := t.one(ctx, "count families", `
SELECT COUNT(*) FROM (SELECT restricted, superseded FROM family `+where+`) AS page WHERE restricted = 0 AND superseded = 0`,
		args, func(rows Rows) error { return rows.Scan(&n) })
	return int(n), err
}

// DeparturesSince reads who left an RT.
func (t *Tx) DeparturesSince(ctx context.Context, village uint32, after, upTo uint64) ([]store.Departure, error) {
	var out []store.Departure
	err := t.each(ctx, "read departures", `
SELECT revision, family, place_left, entered FROM departure d WHERE village = $1
AND (revision > $2 OR EXISTS (SELECT 1 FROM family f WHERE f.village = d.village AND f.id = d.family AND f.revision > $2)) AND revision <= $3
ORDER BY revision`,
		[]any{int64(village), int64(after), int64(upTo)}, func(rows Rows) error {
			var d store.Departure
			var revision, left, entered int64
			var family []byte
			err := rows.Scan(&revision, &family, &left, &entered)
			copy(d.Family[:], family)
			d.Revision, d.Left, d.Entered = uint64(revision), area.Place(left), area.Place(entered)
			out = append(out, d)
			return err
		})
	return out, err
}

// StatesByID reads states in order of id.
func (t *Tx) StatesByID(ctx context.Context, village uint32, places []area.Place, after merge.ID, limit int) ([]store.Family, error) {
	where, args := t.byID(village, places, after, limit)
	return t.states(ctx, where, args...)
}

// byID bounds a page of a village's families in order of id, of the places (nil: all).
func (t *Tx) byID(village uint32, places []area.Place, after merge.ID, limit int) (where string, args []any) {
	if places == nil {
		return `WHERE village = $1 AND id > $2 ORDER BY id LIMIT $3`, []any{int64(village), after[:], int64(limit)}
	}
	return `WHERE village = $1 AND id > $2 AND place ` + t.engine.InInts("$3") + ` ORDER BY id LIMIT $4`,
		[]any{int64(village), after[:], t.engine.Ints(intsOf(places)), int64(limit)}
}

// WithheldFamilies reads those of a village, by the index family_withheld.
func (t *Tx) WithheldFamilies(ctx context.Context, village uint32) ([]store.Family, error) {
	return t.states(ctx, `WHERE village = $1 AND (restricted = 1 OR superseded = 1) ORDER BY id`, int64(village))
}

// FamiliesByID reads families in order of id.
func (t *Tx) FamiliesByID(ctx context.Context, village uint32, places []area.Place, after merge.ID, limit int) ([]store.Family, error) {
	where, args := t.byID(village, places, after, limit)
	return t.families(ctx, where, args...)
}

// PlacesOf reads the RT of a village.
func (t *Tx) PlacesOf(ctx context.Context, village uint32) ([]store.Place, error) {
	return t.places(ctx, `WHERE village = $1 ORDER BY place`, int64(village))
}

// NoticesSince reads decisions on an account's work.
func (t *Tx) NoticesSince(ctx context.Context, account uint32, after uint64, limit int) ([]store.Notice, error) {
	var out []store.Notice
	err := t.each(ctx, "read notices", `
SELECT revision, salt, payload FROM notice WHERE account = $1 AND revision > $2 ORDER BY revision LIMIT $3`,
		[]any{int64(account), int64(after), int64(limit)}, func(rows Rows) error {
			n := store.Notice{Account: account}
			var revision int64
			var salt []byte
			err := rows.Scan(&revision, &salt, &n.Payload)
			copy(n.Salt[:], salt)
			n.Revision = uint64(revision)
			out = append(out, n)
			return err
		})
	return out, err
}

// FindFamily looks in the villages given.
func (t *Tx) FindFamily(ctx context.Context, villages []uint32, id merge.ID) (store.Family, error) {
	where, of := `WHERE village `+t.engine.InInts("$1"), t.engine.Ints(numbersOf(villages))
	if len(villages) == 1 { // mostly
		where, of = `WHERE village = $1`, int64(villages[0])
	}
	found, err := t.families(ctx, where+` AND id = $2`+unrestricted(ctx)+` ORDER BY state, village LIMIT 1`, of, id[:])
	if err != nil {
		return store.Family{}, err
	}
	if len(found) == 0 {
		return store.Family{}, fmt.Errorf("family %s: %w", id, store.ErrNotFound)
	}
	return found[0], nil
}

// unrestricted leaves out families whose processing is restricted, unless the
// scope reaches over them.
func unrestricted(ctx context.Context) string {
	if scope, operator := store.ScopeOf(ctx); operator || scope.Restricted {
		return ""
	}
	return " AND restricted = 0"
}

// ofUnrestricted leaves out the quarantined work on families that unrestricted does, and on those
// into which other work that is not merged would bring their members, or those of a family into
// which it would in turn: all of it, for what is edited later of somebody does not say whence they
// came. A union that was kept out brings nobody; a split that was has left later work on its
// family without the change that makes it.
func ofUnrestricted(ctx context.Context) string {
	if unrestricted(ctx) == "" {
		return ""
	}
	return ` AND NOT EXISTS (
WITH RECURSIVE source (id) AS (
    SELECT quarantine.family
    UNION
    SELECT q.brings_from FROM source JOIN quarantine q ON q.village = quarantine.village AND q.brings_into = source.id
    WHERE q.state = 0 OR q.state = 2 AND q.family = q.brings_into
)
SELECT 1 FROM source JOIN family ON family.village = quarantine.village AND family.id = source.id WHERE family.restricted = 1)`
}

func numbersOf(villages []uint32) []int64 {
	out := make([]int64, len(villages))
	for i, v := range villages {
		out[i] = int64(v)
	}
	return out
}

// ListFamilies lists by village, place, id.
func (t *Tx) ListFamilies(ctx context.Context, q store.FamilyQuery) ([]store.Family, error) {
	where := `WHERE village ` + t.engine.InInts("$1") + ` AND (village, place, id) > ($2, $3, $4)`
	args := []any{t.engine.Ints(numbersOf(q.Villages)), int64(q.AfterVillage), int64(q.AfterPlace), q.AfterID[:]}
	if q.To != 0 {
		args = append(args, int64(q.From), int64(q.To))
		where += ` AND place BETWEEN $5 AND $6`
	}
	where += unrestricted(ctx)
	if q.OnlyCounted {
		where += ` AND state = 0`
	}
	if q.OnlyConflicts {
		where += ` AND conflicts > 0`
	}
	if q.Doubles != 0 {
		args = append(args, q.Doubles)
		where += fmt.Sprintf(` AND doubles > 0 AND doubles & $%d <> 0`, len(args))
	}
	args = append(args, int64(q.Limit))
	return t.families(ctx, where+fmt.Sprintf(` ORDER BY village, place, id LIMIT $%d`, len(args)), args...)
}

// FamilyValues hands over what families count with.
func (t *Tx) FamilyValues(ctx context.Context, villages []uint32, visit func(store.FamilyValue) error) error {
	return t.each(ctx, "read values of families", `SELECT village, id, place, survey_date, provisional, verified
FROM family WHERE village `+t.engine.InInts("$1")+unrestricted(ctx)+` ORDER BY village, place, id`, []any{t.engine.Ints(numbersOf(villages))}, func(rows Rows) error {
		var f store.FamilyValue
		var village, place, date, provisional, verified int64
		var id []byte
		if err := rows.Scan(&village, &id, &place, &date, &provisional, &verified); err != nil {
			return err
		}
		copy(f.ID[:], id)
		f.Village, f.Place, f.SurveyDate = uint32(village), area.Place(place), int(date)
		f.Provisional, f.Verified = iks.Packed(provisional), iks.Packed(verified)
		return visit(f)
	})
}

// History reads a family's changes, newest first.
func (t *Tx) History(ctx context.Context, village uint32, family merge.ID, before uint64, limit int) ([]store.Entry, error) {
	if before == 0 {
		before = 1<<63 - 1
	}
	var out []store.Entry
	err := t.each(ctx, "read history", `
SELECT revision, family, change, content_hash, chain_hash, time_ms, counter, device, incarnation, author, committed_ms, payload
FROM history WHERE village = $1 AND family = $2 AND revision < $3 ORDER BY revision DESC LIMIT $4`,
		[]any{int64(village), family[:], int64(before), int64(limit)}, func(rows Rows) error {
			var h store.Entry
			var family, change, content, chain []byte
			var revision, timeMS, counter, device, incarnation, author int64
			err := rows.Scan(&revision, &family, &change, &content, &chain, &timeMS, &counter, &device, &incarnation, &author,
				&h.CommittedAtMS, &h.Payload)
			copy(h.Family[:], family)
			copy(h.Change[:], change)
			copy(h.ContentHash[:], content)
			copy(h.ChainHash[:], chain)
			h.Settles = author < 0
			h.Revision, h.Author, h.Device = uint64(revision), uint32(max(author, -author)), uint32(device)
			h.Stamp = stampOf(timeMS, counter, device, incarnation)
			out = append(out, h)
			return err
		})
	return out, err
}

// ListQuarantine reads what waits.
func (t *Tx) ListQuarantine(ctx context.Context, villages []uint32, afterMS int64, after merge.ID, limit int) ([]store.Quarantine, error) {
	return t.quarantine(ctx, `quarantine WHERE village `+t.engine.InInts("$1")+` AND state = 0 AND (received_ms, change) > ($2, $3)`+
		ofUnrestricted(ctx)+` ORDER BY received_ms, change LIMIT $4`, t.engine.Ints(numbersOf(villages)), afterMS, after[:], int64(limit))
}

// NotMerged reads what waits and what was kept out.
func (t *Tx) NotMerged(ctx context.Context, village uint32, afterMS int64, after merge.ID, limit int) ([]store.Quarantine, error) {
	return t.quarantine(ctx, `quarantine WHERE village = $1 AND state IN (0, 2) AND (received_ms, change) > ($2, $3)`+
		ofUnrestricted(ctx)+` ORDER BY received_ms, change LIMIT $4`, int64(village), afterMS, after[:], int64(limit))
}

// QuarantineOf reads all of a family's.
func (t *Tx) QuarantineOf(ctx context.Context, village uint32, family merge.ID) ([]store.Quarantine, error) {
	return t.quarantine(ctx, `quarantine WHERE village = $1 AND family = $2 ORDER BY change`, int64(village), family[:])
}

// FindQuarantine reads one.
func (t *Tx) FindQuarantine(ctx context.Context, change merge.ID) (store.Quarantine, error) {
	found, err := t.quarantine(ctx, `quarantine WHERE change = $1`+ofUnrestricted(ctx), change[:])
	if err != nil {
		return store.Quarantine{}, err
	}
	if len(found) == 0 {
		return store.Quarantine{}, fmt.Errorf("quarantined change %s: %w", change, store.ErrNotFound)
	}
	return found[0], nil
}

// CountQuarantined counts what waits of a device, up to a limit.
func (t *Tx) CountQuarantined(ctx context.Context, device uint32, limit int) (n int, err error) {
	err = t.each(ctx, "count quarantine of device", `
SELECT n FROM `+t.engine.Everywhere().Waiting,
		[]any{int64(device), int64(limit)}, func(rows Rows) error { return rows.Scan(&n) })
	return n, err
}

// ChangedVillages reads villages that may have changed since a cursor.
func (t *Tx) ChangedVillages(ctx context.Context, cursor int64) ([]store.Village, int64, error) {
	var next int64
	if err := t.one(ctx, "read cursor", t.engine.NextCursor(), nil, func(rows Rows) error { return rows.Scan(&next) }); err != nil {
		return nil, 0, err
	}
	var out []store.Village
	err := t.each(ctx, "read changed villages", selectVillage+`WHERE changed >= $1`, []any{cursor}, func(rows Rows) error {
		v, err := t.scanVillage(rows)
		out = append(out, v)
		return err
	})
	return out, next, err
}

// RevisedSince reads which families changed.
func (t *Tx) RevisedSince(ctx context.Context, village uint32, after uint64, limit int) ([]store.Revised, error) {
	var out []store.Revised
	err := t.each(ctx, "read revised families", `
SELECT id, revision, doubles FROM family WHERE village = $1 AND revision > $2 ORDER BY revision LIMIT $3`,
		[]any{int64(village), int64(after), int64(limit)}, func(rows Rows) error {
			var id []byte
			var revision, doubles int64
			err := rows.Scan(&id, &revision, &doubles)
			r := store.Revised{Revision: uint64(revision), Doubled: doubles != 0}
			copy(r.ID[:], id)
			out = append(out, r)
			return err
		})
	return out, err
}

// FollowedTo is how far the identifier index has followed a village.
func (t *Tx) FollowedTo(ctx context.Context, village uint32) (revision, writes uint64, err error) {
	err = t.each(ctx, "read progress", `SELECT revision, writes FROM identifier_progress WHERE village = $1`, []any{int64(village)},
		func(rows Rows) error { return rows.Scan(&revision, &writes) })
	return revision, writes, err
}
