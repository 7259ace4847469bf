package veil

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/disclosure"
)

// Veil is what is withheld from one caller, for one call. Not safe for concurrent use.
type Veil struct {
	keeper *Keeper
	caller *access.Caller
	// villages are those of which the caller sees some families, as read for this
	// call.
	villages map[area.Code]*own
}

// For is the veil of a caller.
func (k *Keeper) For(caller *access.Caller) *Veil { return &Veil{keeper: k, caller: caller} }

// Mask is the cells that are withheld of one subject.
type Mask = disclosure.Mask

// MaskOf is what is withheld of a subject's figures, those of its survey year where it has
// one, on a past day (yyyymmdd; 0: now); nothing from who may see every family. Cells of a
// past day are held against today's. Errors: those of the store, store.ErrUnavailable where
// areas changed meanwhile, past.ErrTooManyDays.
func (v *Veil) MaskOf(ctx context.Context, x Subject, day int) (Mask, error) {
	if v.caller.SeesEveryFamily() {
		return Mask{}, nil
	}
	root, err := v.rootOf(x)
	if err != nil {
		return Mask{}, err
	}
	if x.Year != 0 {
		return v.maskInYear(ctx, x, root, day)
	}
	p, err := v.pieceFor(ctx, x, root, day)
	if err != nil {
		return Mask{}, err
	}
	return p.MaskOf(x.id()), nil
}

// rootOf is the piece that decides a subject's cells.
func (v *Veil) rootOf(x Subject) (root area.Code, err error) {
	switch level := x.Area.Level(); {
	case x.Puskesmas != nil:
		return area.Parse(x.Puskesmas.District)
	case level > area.Village || level == area.Village && v.caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES):
		root, _ = x.Area.Village()
	case level >= area.Kecamatan:
		root, _ = x.Area.At(area.District)
	case level == area.District:
		root, _ = x.Area.At(area.Province)
	}
	return root, nil
}
