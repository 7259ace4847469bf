package veil

import (
	"context"
	"errors"
	"hash/maphash"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/server/store"
)

// VillageRows are a village's RT as of one moment. The board has none of them, so that
// what is withheld of them is decided from the very rows whose figures are shown: a
// decision on those of another moment says nothing about these.
type VillageRows struct {
	Code   area.Code
	Places []store.Place
	// Targets are those in the village.
	Targets []store.Target
	// YearsMissing: its survey years are still to be counted.
	YearsMissing bool
	// AsOf is a moment than which they are no older.
	AsOf time.Time

	number uint32
	// print is another wherever any row is.
	print uint64
}

// rowSeed is of the prints of rows within this process.
var rowSeed = maphash.MakeSeed()

// ErrUnknownVillage: the board knows of no such village.
var ErrUnknownVillage = errors.New("no such village")

// ReadVillage reads a village's, in one reading of the store. The wall around figures lets all
// of a village through, or nothing. Errors: ErrUnknownVillage.
func (k *Keeper) ReadVillage(ctx context.Context, village area.Code) (*VillageRows, error) {
	numbers := k.Board.Numbers(village.Dotted())
	if len(numbers) != 1 {
		return nil, ErrUnknownVillage
	}
	out := &VillageRows{Code: village, number: numbers[0], AsOf: k.Board.AsOf()}
	err := k.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.Village(ctx, out.number)
		if err != nil {
			return err
		}
		out.YearsMissing = row.YearsMissing
		if out.Places, err = snap.PlacesOf(ctx, out.number); err != nil {
			return err
		}
		out.Targets, err = snap.Targets(ctx, village.String())
		return err
	})
	if err != nil {
		return nil, err
	}
	var h maphash.Hash
	h.SetSeed(rowSeed)
	for i := range out.Places {
		maphash.WriteComparable(&h, out.Places[i])
	}
	out.print = h.Sum64()
	return out, nil
}
