package disclosure

import (
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

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

// Mask is what is withheld of an area: a bit an indicator for each membership and
// basis. The zero value withholds nothing; masks are compared with ==.
type Mask [variants]uint16

// everyIndicator has the bits of all twelve.
const everyIndicator = 1<<(iks.Indicators+1) - 2

// allWithheld is what is withheld of an area on which nothing was decided.
var allWithheld = Mask{everyIndicator, everyIndicator, everyIndicator, everyIndicator}

// Has tells whether an indicator (1 to 12) is withheld.
func (m *Mask) Has(membership ksv1.Membership, basis ksv1.Basis, indicator int) bool {
	return m[variantOf(membership, basis)]>>indicator&1 == 1
}

// any are the indicators of which something is withheld.
func (m *Mask) any() uint16 { return m[0] | m[1] | m[2] | m[3] }

// unlike are the indicators in which it differs from another.
func (m *Mask) unlike(other *Mask) (out uint16) {
	for v := range m {
		out |= m[v] ^ other[v]
	}
	return out
}

// keepBits puts what is withheld of some indicators from one list of masks into another.
func keepBits(into, from []Mask, indicators uint16) {
	for i := range into {
		for v := range variants {
			into[i][v] |= from[i][v] & indicators
		}
	}
}
