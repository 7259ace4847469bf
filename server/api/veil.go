package api

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/disclosure"
)

// A veil tells, for one caller, which cells (indicator, membership, basis) of an
// area are withheld on a day. Every answer, list, feed and export that gives
// coverage takes it from here; package disclosure decides, by pieces of the tree, so
// that nothing depends on what a page leaves out. A piece is decided once for each
// change of its figures, whoever asks (veils), from the sums that the board keeps.
type veil struct {
	services *Services
	caller   *access.Caller
	// villages are those of which the caller sees some families, as read for this
	// call.
	villages map[area.Code]*own
}

// veilOf is the veil of a caller.
func (s *Services) veilOf(caller *access.Caller) *veil { return &veil{services: s, caller: caller} }

// pastDay is a day that is over as stores have it, yyyymmdd; 0: now. Cells of a
// past day are held against today's.
func (s *Services) pastDay(day string) (int, error) {
	date, over, err := s.askedDay(day)
	if err != nil || !over {
		return 0, err
	}
	return date.Number(), nil
}

// maskOf is what is withheld of a subject on a past day (0: now); nothing from who
// may see all families of it.
func (v *veil) maskOf(ctx context.Context, x *subject, day int) (disclosure.Mask, error) {
	if v.caller.SeesEveryFamily() {
		return disclosure.Mask{}, nil
	}
	root, err := v.rootOf(x)
	if err != nil {
		return disclosure.Mask{}, err
	}
	p, err := v.pieceFor(ctx, x, root, day)
	if err != nil {
		return disclosure.Mask{}, err
	}
	return p.MaskOf(x.id()), nil
}

// rootOf is the piece that decides a subject's cells.
func (v *veil) rootOf(x *subject) (root area.Code, err error) {
	switch level := x.code.Level(); {
	case x.puskesmas != nil:
		return area.Parse(x.puskesmas.District)
	case level > area.Village || level == area.Village && v.caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES):
		return villageOf(x.code), nil
	case level >= area.Kecamatan:
		root, _ = x.code.At(area.District)
	case level == area.District:
		root, _ = x.code.At(area.Province)
	}
	return root, nil
}
