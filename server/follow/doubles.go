package follow

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// sharersMax is how many families of one identifier are told of each other. More
// of them do not live in two places: the number was made up, and a finding says
// so. It also bounds what the change of one family has to go through.
const sharersMax = 20

// place is where a family is kept.
type place struct {
	village uint32
	family  merge.ID
}

// pair is what a family shares with another.
type pair struct {
	other place
	// names are of the numbers shared (Vault.KeptNames).
	names  [][32]byte
	shared []*ksv1.SharedIdentifier
}

// pairs are the families that share identifiers with one, by id. Empty for one
// that shares nothing.
func (f *Identifiers) pairs(ctx context.Context, of place) (out []pair, err error) {
	found := map[merge.ID]*pair{}
	ctx = store.WithScope(ctx, store.Scope{Villages: []uint32{of.village}, Restricted: true})
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		clear(found)
		own, err := snap.IdentifiersOf(ctx, of.village, of.family)
		if err != nil {
			return err
		}
		var names map[[16]byte][32]byte
		for _, mine := range own {
			sharers, err := snap.Sharing(ctx, mine.Hash, sharersMax+1)
			if err != nil {
				return err
			}
			if len(sharers) > sharersMax {
				continue
			}
			for _, theirs := range sharers {
				if theirs.Family == of.family {
					continue
				}
				if names == nil {
					if names, err = f.namesOf(ctx, snap, of); err != nil {
						return err
					}
				}
				name, ok := names[mine.Hash]
				if !ok { // another number stands there by now: the index will follow
					continue
				}
				p := found[theirs.Family]
				if p == nil {
					p = &pair{other: place{theirs.Village, theirs.Family}}
					found[theirs.Family] = p
				}
				p.names = append(p.names, name)
				p.shared = append(p.shared, sharedOf(mine.Member, theirs.Member))
			}
		}
		return nil
	})
	for _, p := range found {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b pair) int { return bytes.Compare(a.other.family[:], b.other.family[:]) })
	return out, err
}

// sharers are the families that the index has under a family's identifiers: as it
// was when it was indexed, whatever became of it since.
func (f *Identifiers) sharers(ctx context.Context, of place) (out []place, err error) {
	ctx = store.WithScope(ctx, store.Scope{Villages: []uint32{of.village}, Restricted: true})
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		out = out[:0]
		own, err := snap.IdentifiersOf(ctx, of.village, of.family)
		if err != nil {
			return err
		}
		for _, mine := range own {
			found, err := snap.Sharing(ctx, mine.Hash, sharersMax+1)
			if err != nil {
				return err
			}
			for _, theirs := range found {
				if theirs.Family != of.family {
					out = append(out, place{theirs.Village, theirs.Family})
				}
			}
		}
		return nil
	})
	return out, err
}

func sharedOf(mine, theirs merge.ID) *ksv1.SharedIdentifier {
	s := &ksv1.SharedIdentifier{}
	if !mine.IsZero() {
		s.MemberId = mine.String()
	}
	if !theirs.IsZero() {
		s.OtherMemberId = theirs.String()
	}
	return s
}

// namesOf names the numbers of a family as it stands.
func (f *Identifiers) namesOf(ctx context.Context, snap store.Snapshot, of place) (map[[16]byte][32]byte, error) {
	row, err := snap.FindFamily(ctx, []uint32{of.village}, of.family)
	if errors.Is(err, store.ErrNotFound) {
		return map[[16]byte][32]byte{}, nil
	}
	if err != nil {
		return nil, err
	}
	_, canonical, err := f.Vault.OpenCanonical(&row)
	if err != nil {
		return nil, err
	}
	shown, err := merge.Look(canonical)
	if err != nil {
		return nil, fmt.Errorf("family %s: %w", row.ID, err)
	}
	return f.Vault.KeptNames(shown.Household)
}

// tokenOf names a pair with what it shares, under whatever identifier keys; the
// keyed names in it are nobody's to guess.
func tokenOf(a, b merge.ID, names [][32]byte) []byte {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	slices.SortFunc(names, func(x, y [32]byte) int { return bytes.Compare(x[:], y[:]) })
	text := append(append([]byte("double"), a[:]...), b[:]...)
	for _, n := range slices.Compact(names) {
		text = append(text, n[:]...)
	}
	sum := sha256.Sum256(text)
	return sum[:review.TokenSize]
}

// tell finds what families share, and tells them, and those they share it with.
func (f *Identifiers) tell(ctx context.Context, families map[place]bool) error {
	told := map[place]bool{}
	for of := range families {
		pairs, err := f.pairs(ctx, of)
		if err != nil {
			return err
		}
		for _, p := range pairs {
			if families[p.other] || told[p.other] {
				continue
			}
			told[p.other] = true
			theirs, err := f.pairs(ctx, p.other)
			if err == nil {
				err = f.tellOne(ctx, p.other, theirs)
			}
			if err != nil {
				return err
			}
		}
		if err := f.tellOne(ctx, of, pairs); err != nil {
			return err
		}
	}
	return nil
}

func (f *Identifiers) tellOne(ctx context.Context, of place, pairs []pair) error {
	villages := []uint32{of.village}
	for i := range pairs {
		villages = append(villages, pairs[i].other.village)
	}
	ctx = store.WithScope(ctx, store.Scope{Villages: villages, Restricted: true})
	var doubles []*ksv1.Double
	known := false
	err := f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		row, err := snap.FindFamily(ctx, []uint32{of.village}, of.family)
		if err != nil {
			return err
		}
		if row.State != store.FamilyCounted {
			pairs = nil
		}
		home, err := snap.Village(ctx, of.village)
		if err != nil {
			return err
		}
		for i := range pairs {
			d, err := f.double(ctx, snap, home, of.family, &pairs[i])
			if err != nil {
				return err
			}
			if d != nil {
				doubles = append(doubles, d)
			}
		}
		before, err := f.Vault.FamilyReview(&row)
		if err != nil {
			return err
		}
		_, changed := review.Tell(before.GetDuplicates(), doubles)
		known = !changed
		return nil
	})
	if errors.Is(err, store.ErrNotFound) || known {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.core().TellDoubles(ctx, of.village, of.family, doubles)
	return err
}

// double is a pair as one of the two is told of it: of another Puskesmas nothing
// but whether its supervisor says that the family lives there. nil where the
// other does not count any more.
func (f *Identifiers) double(ctx context.Context, snap store.Snapshot, home store.Village, of merge.ID, p *pair) (*ksv1.Double, error) {
	theirs, err := snap.FindFamily(ctx, []uint32{p.other.village}, p.other.family)
	if errors.Is(err, store.ErrNotFound) || err == nil && theirs.State != store.FamilyCounted {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d := &ksv1.Double{Token: tokenOf(of, p.other.family, p.names), Shared: p.shared}
	there, err := snap.Village(ctx, p.other.village)
	if err != nil {
		return nil, err
	}
	if there.Number == home.Number || there.Puskesmas != "" && there.Puskesmas == home.Puskesmas {
		d.OtherFamilyId, d.OtherVillage, d.OtherPlace = p.other.family.String(), p.other.village, theirs.Place.String()
		return d, nil
	}
	for _, s := range d.Shared {
		s.OtherMemberId = ""
	}
	answered, err := f.Vault.FamilyReview(&theirs)
	d.WithDistrict = review.LastAction(answered.GetDuplicates(), d.Token).GetAction() == review.LivesHere
	return d, err
}
