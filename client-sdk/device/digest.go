package device

import (
	"context"
	"database/sql"

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

// digestSums adds up by RT what is confirmed and not on its way out. The digests
// are those that were sealed with the states: computing all anew would make each
// sync cost what the device holds.
func (s *Store) digestSums(ctx context.Context, village uint32) (map[string]placeSum, error) {
	sums := map[area.Place]placeSum{}
	err := eachRow(ctx, s.db, `SELECT family_id, place FROM confirmed WHERE village = ? AND leaving = 0`, []any{village}, func(rows *sql.Rows) error {
		var id []byte
		var place area.Place
		if err := rows.Scan(&id, &place); err != nil {
			return err
		}
		p := sums[place]
		p.families++
		if known := s.index.families[toID(id)]; known != nil {
			p.sum = p.sum.Add(known.digest)
		}
		sums[place] = p
		return nil
	})
	out := make(map[string]placeSum, len(sums))
	for place, sum := range sums {
		out[place.String()] = sum
	}
	return out, err
}
