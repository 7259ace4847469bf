package ingest

import (
	"context"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// Stood is where a family stands, and stood before: in which RT, of which Puskesmas its
// village was known, and by which codes it was when.
type Stood struct {
	Villages []store.Village
	Codes    []store.DatedCode
	Places   []area.Place
}

// Stood reads where a family of the village stood. What of its history does not open tells
// nothing, and is told by the server's log and by verify.
func (v *Vault) Stood(ctx context.Context, snap store.Snapshot, f *store.Family, village store.Village) (*Stood, error) {
	before, err := snap.VillageBefore(ctx, village.Number)
	if err != nil {
		return nil, err
	}
	codes, err := codesOf(ctx, snap, village, before)
	if err != nil {
		return nil, err
	}
	out := &Stood{Villages: append([]store.Village{village}, before...), Codes: codes, Places: []area.Place{f.Place}}
	err = v.EachChange(ctx, snap, f, func(_ *store.Entry, c *ksv1.Change, _ error) error {
		for _, w := range c.GetWrites() {
			if place, ok := placeWritten(w); ok && !slices.Contains(out.Places, place) {
				out.Places = append(out.Places, place)
			}
		}
		return nil
	})
	return out, err
}

// codesOf are the codes of a village. When it had one before decrees were dated is not known.
func codesOf(ctx context.Context, snap store.Snapshot, village store.Village, before []store.Village) ([]store.DatedCode, error) {
	out, err := store.DatedCodes(ctx, snap, village.Code)
	for _, v := range before {
		if !slices.ContainsFunc(out, func(c store.DatedCode) bool { return c.Code == v.Code }) {
			out = append(out, store.DatedCode{Code: v.Code})
		}
	}
	return out, err
}

// placeWritten is the RT that a write puts a family in.
func placeWritten(w *ksv1.Write) (area.Place, bool) {
	set := &ksv1.Family{}
	if w.GetKind() != merge.KindFamily || proto.Unmarshal(w.GetFields(), set) != nil || set.Place == nil {
		return 0, false
	}
	place, err := area.ParsePlace(set.GetPlace())
	return place, err == nil
}
