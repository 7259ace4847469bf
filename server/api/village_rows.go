package api

import (
	"context"
	"hash/maphash"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/store"
)

// villageRows are a village's RT as of one moment. The board has none of them, so that
// what is withheld of them is decided from the very rows whose figures are shown: a
// decision on those of another moment says nothing about these.
type villageRows struct {
	code   area.Code
	number uint32
	places []store.Place
	// targets are those in the village.
	targets []store.Target
	// yearsMissing: its survey years are still to be counted.
	yearsMissing bool
	// asOf is a moment than which they are no older.
	asOf time.Time
	// print is another wherever any row is.
	print uint64
}

// rowSeed is of the prints of rows within this process.
var rowSeed = maphash.MakeSeed()

// rowsOf are those of the village that a subject lies in, read once for each subject;
// its parts have the same.
func (s *Services) rowsOf(ctx context.Context, x *subject) (*villageRows, error) {
	if x.rows == nil {
		rows, err := s.readVillage(ctx, villageOf(x.code))
		if err != nil {
			return nil, err
		}
		x.rows = rows
	}
	return x.rows, nil
}

// readVillage reads a village's. The wall around figures lets all of a village through,
// or nothing.
func (s *Services) readVillage(ctx context.Context, village area.Code) (*villageRows, error) {
	numbers := s.Board.Numbers(village.Dotted())
	if len(numbers) != 1 {
		return nil, errNotFound
	}
	out := &villageRows{code: village, number: numbers[0], asOf: s.Board.AsOf()}
	err := s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.Village(ctx, out.number)
		if err != nil {
			return err
		}
		out.yearsMissing = row.YearsMissing
		if out.places, err = snap.PlacesOf(ctx, out.number); err != nil {
			return err
		}
		out.targets, err = snap.Targets(ctx, village.String())
		return err
	})
	if err != nil {
		return nil, err
	}
	var h maphash.Hash
	h.SetSeed(rowSeed)
	for i := range out.places {
		maphash.WriteComparable(&h, out.places[i])
	}
	out.print = h.Sum64()
	return out, nil
}
