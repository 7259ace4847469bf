package api

import (
	"context"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
)

// A veil tells, for one caller, which cells (indicator, membership, basis) of an
// area are withheld on a day. Every answer, list, feed and export that gives
// coverage takes it from here; package smallcell has the rule.
//
// The tree is cut into pieces at nation, province, district and village, and
// decided from above: each piece holds a root, whose cells the piece above has
// decided, and all that is published of its parts. A district's piece holds its
// kecamatan, villages and Puskesmas, which share villages; a village's its RW and
// RT. What is withheld so depends on nothing that a page leaves out. A piece is
// decided once for each change of its figures, whoever asks (veils), from the sums
// that the board keeps.
type veil struct {
	services *Services
	caller   *access.Caller
	// villages are those of which the caller sees some families, as read for this
	// call.
	villages map[area.Code]*own
}

// variants are the memberships on both bases, of which an area has one answer
// each.
const variants = 4

func variantOf(m ksv1.Membership, b ksv1.Basis) int {
	n := 0
	if m == ksv1.Membership_MEMBERSHIP_BESAR {
		n++
	}
	if b == ksv1.Basis_BASIS_VERIFIED {
		n += 2
	}
	return n
}

// membershipsOf is the order of variants.
var membershipsOf = [variants / 2]iks.Basis{iks.Inti, iks.Besar}

// mask has a bit an indicator for each variant.
type mask [variants]uint16

// has tells whether an indicator (1 to 12) is withheld.
func (m *mask) has(membership ksv1.Membership, basis ksv1.Basis, indicator int) bool {
	return m[variantOf(membership, basis)]>>indicator&1 == 1
}

// any are the indicators of which something is withheld.
func (m *mask) any() uint16 { return m[0] | m[1] | m[2] | m[3] }

// unlike are the indicators in which it differs from another.
func (m *mask) unlike(other *mask) (out uint16) {
	for v := range m {
		out |= m[v] ^ other[v]
	}
	return out
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
	return numberOf(date), nil
}

// maskOf is what is withheld of a subject on a past day (0: now); nothing from who
// may see all families of it.
func (v *veil) maskOf(ctx context.Context, x *subject, day int) (mask, error) {
	if v.caller.SeesEveryFamily() {
		return mask{}, nil
	}
	root, err := v.rootOf(x)
	if err != nil {
		return mask{}, err
	}
	p, err := v.pieceFor(ctx, x, root, day)
	if err != nil {
		return mask{}, err
	}
	return p.maskOf(x.id()), nil
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
