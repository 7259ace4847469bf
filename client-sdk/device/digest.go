package device

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// compareDigests compares what the server told of each RT with the sums of what the
// device holds, and names the RT that differ.
func (s *Store) compareDigests(ctx context.Context, d *ksv1.SyncDigests) (*ksv1.SyncRepair, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	repair := &ksv1.SyncRepair{}
	for _, v := range d.GetVillages() {
		cursor, err := s.cursorOf(ctx, s.db, v.GetVillage())
		if err != nil {
			return nil, err
		}
		if cursor != v.GetRevision() {
			// Digests of a revision that was not reached prove nothing.
			continue
		}
		mine, err := s.digestSums(ctx, v.GetVillage())
		if err != nil {
			return nil, err
		}
		if places := differingPlaces(mine, v.GetPlaces()); len(places) > 0 {
			repair.Villages = append(repair.Villages, &ksv1.VillagePlaces{Village: v.GetVillage(), Places: places})
		}
	}
	return repair, nil
}

type placeSum struct {
	sum      merge.Digest
	families uint64
}

func differingPlaces(mine map[string]placeSum, theirs []*ksv1.PlaceDigest) []string {
	var out []string
	for _, p := range theirs {
		m := mine[p.GetPlace()]
		delete(mine, p.GetPlace())
		if m.families != p.GetFamilies() || string(m.sum[:]) != string(p.GetSum()) {
			out = append(out, p.GetPlace())
		}
	}
	for place := range mine {
		out = append(out, place)
	}
	return out
}

// Ids of a village's families by RT: all that are confirmed, by confirmed_by_place alone;
// and those on their way out.
const (
	familiesByPlace = `SELECT place, group_concat(hex(family_id), '') FROM confirmed WHERE village = ? GROUP BY place`
	leavingByPlace  = `
SELECT place, group_concat(hex(family_id), '') FROM confirmed INDEXED BY confirmed_leaving
WHERE leaving > 0 AND village = ? GROUP BY place`
)

// digestSums adds up by RT what is confirmed and not on its way out. The digests
// are those that were sealed with the states: computing all anew would make each
// sync cost what the device holds. An RT is one row, for stepping from row to row
// takes longer than all else, and all of it lies in the index by RT; the few on their
// way out are taken off.
func (s *Store) digestSums(ctx context.Context, village uint32) (map[string]placeSum, error) {
	sums := map[string]placeSum{}
	add := func(rows *sql.Rows, join func(all, some placeSum) placeSum) error {
		var ids sql.RawBytes
		var place area.Place
		if err := rows.Scan(&place, &ids); err != nil {
			return err
		}
		some, err := s.index.sumOf(ids)
		if err != nil {
			return fmt.Errorf("families of RT %s: %w", place, err)
		}
		sums[place.String()] = join(sums[place.String()], some)
		return nil
	}
	err := eachRow(ctx, s.db, familiesByPlace, []any{village}, func(rows *sql.Rows) error { return add(rows, placeSum.plus) })
	if err != nil {
		return nil, err
	}
	err = eachRow(ctx, s.db, leavingByPlace, []any{village}, func(rows *sql.Rows) error { return add(rows, placeSum.minus) })
	maps.DeleteFunc(sums, func(_ string, p placeSum) bool { return p.families == 0 })
	return sums, err
}

func (p placeSum) plus(q placeSum) placeSum {
	return placeSum{p.sum.Add(q.sum), p.families + q.families}
}

func (p placeSum) minus(q placeSum) placeSum {
	return placeSum{p.sum.Sub(q.sum), p.families - q.families}
}

// sumOf adds up families by their ids in hexadecimal digits, one behind the other.
func (x *index) sumOf(digits []byte) (placeSum, error) {
	var p placeSum
	var id merge.ID
	for ; len(digits) > 0; p.families++ {
		some := digits[:min(len(digits), hex.EncodedLen(len(id)))]
		digits = digits[len(some):]
		if n, err := hex.Decode(id[:], some); err != nil || n != len(id) {
			return p, errors.Join(merge.ErrMalformedID, err)
		}
		if known := x.families[id]; known != nil {
			p.sum = p.sum.Add(known.digest)
		}
	}
	return p, nil
}
