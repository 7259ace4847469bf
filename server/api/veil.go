package api

import (
	"context"
	"sync"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/access"
	"github.com/keluarga-sehat/sync/server/store"
)

// A veil tells, for one caller and one day, which cells (indicator, membership,
// basis) of an area are withheld. Every answer, list, feed and export that gives
// coverage takes it from here; package smallcell has the rule.
//
// The tree is cut into pieces at nation, province, district and village, and
// decided from above: each piece holds a root, whose cells the piece above has
// decided, and all that is published of its parts. A district's piece holds its
// kecamatan, villages and Puskesmas, which share villages; a village's its RW and
// RT. What is withheld so depends on nothing that a page leaves out.
type veil struct {
	services *Services
	caller   *access.Caller
	// day is yyyymmdd; 0: now. Cells of a past day are held against today's.
	day int
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

// mask has a bit an indicator for each variant.
type mask [variants]uint16

// has tells whether an indicator (1 to 12) is withheld.
func (m *mask) has(membership ksv1.Membership, basis ksv1.Basis, indicator int) bool {
	return m[variantOf(membership, basis)]>>indicator&1 == 1
}

// veils keeps decisions that hold for every caller until the board moves on.
type veils struct {
	mu sync.Mutex
	// asOf is the board's time for which they hold.
	asOf   time.Time                    // guarded by mu
	pieces map[pieceKey]map[string]mask // guarded by mu
}

type pieceKey struct {
	root string
	day  int
}

func (c *veils) find(asOf time.Time, k pieceKey) map[string]mask {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.asOf.Equal(asOf) {
		return nil
	}
	return c.pieces[k]
}

func (c *veils) keep(asOf time.Time, k pieceKey, piece map[string]mask) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.asOf.Equal(asOf) || c.pieces == nil {
		c.asOf, c.pieces = asOf, map[pieceKey]map[string]mask{}
	}
	c.pieces[k] = piece
}

// veilOf is the veil of a caller on a day ("": now).
func (s *Services) veilOf(caller *access.Caller, day string) (*veil, error) {
	v := &veil{services: s, caller: caller}
	date, given, err := parseDay("day", day)
	if err != nil {
		return nil, err
	}
	if given && date.Compare(s.dayNow()) < 0 {
		v.day = numberOf(date)
	}
	return v, nil
}

// maskOf is what is withheld of a subject; nothing from who may see all families
// of it.
func (v *veil) maskOf(ctx context.Context, x *subject) (mask, error) {
	if v.caller.SeesEveryFamily() {
		return mask{}, nil
	}
	root, id := area.Code{}, x.id()
	switch level := x.code.Level(); {
	case x.puskesmas != nil:
		district, err := area.Parse(x.puskesmas.District)
		if err != nil {
			return mask{}, err
		}
		root = district
	case level > area.Village || level == area.Village && v.caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES):
		root = villageOf(x.code)
	case level >= area.Kecamatan:
		root, _ = x.code.At(area.District)
	case level == area.District:
		root, _ = x.code.At(area.Province)
	}
	piece, err := v.piece(ctx, root)
	return piece[id], err
}

// piece decides a piece, or takes it from who asked before. A village's depends
// on the caller, for a surveyor sees some of its families.
func (v *veil) piece(ctx context.Context, root area.Code) (map[string]mask, error) {
	key := pieceKey{root.String(), v.day}
	own := root.Level() == area.Village && v.caller.Has(ksv1.Right_RIGHT_SEE_FAMILIES)
	asOf := v.services.Board.AsOf()
	if found := v.services.veils.find(asOf, key); found != nil && !own {
		return found, nil
	}
	held := mask{}
	if root.Level() > area.Nation {
		above := root.Parent()
		if root.Level() == area.Village {
			above = above.Parent()
		}
		upper, err := v.piece(ctx, above)
		if err != nil {
			return nil, err
		}
		held = upper[root.String()]
	}
	var today map[string]mask
	if v.day != 0 {
		var err error
		if today, err = (&veil{services: v.services, caller: v.caller}).piece(ctx, root); err != nil {
			return nil, err
		}
	}
	p := newPiece(root, v.day)
	// Siblings lie outside the caller's area, too; of them only what is withheld is
	// told.
	if err := v.services.Store.Read(store.WithScope(ctx, store.Scope{Everywhere: true}), func(ctx context.Context, snap store.Snapshot) error {
		if root.Level() == area.Village {
			return p.addPlaces(ctx, snap, v.caller)
		}
		return p.addVillages(ctx, snap, v.services.Board)
	}); err != nil {
		return nil, err
	}
	out := p.decide(held, today)
	if !own {
		v.services.veils.keep(asOf, key, out)
	}
	return out, nil
}

// membershipsOf is the order of variants.
var membershipsOf = [variants / 2]iks.Basis{iks.Inti, iks.Besar}
