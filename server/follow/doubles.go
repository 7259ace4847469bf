package follow

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"google.golang.org/protobuf/proto"
	"maps"
	"math"
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

// compare orders by village, then family.
func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.village, q.village), bytes.Compare(p.family[:], q.family[:]))
}

// villagesOf are those of some families, each once.
func villagesOf(some []place) []uint32 {
	villages := make([]uint32, len(some))
	for i, of := range some {
		villages[i] = of.village
	}
	slices.Sort(villages)
	return slices.Compact(villages)
}

// pair is what a family shares with another.
type pair struct {
	other place
	// hashes are of the numbers shared, as far as the index has followed either.
	hashes [][16]byte
	shared []*ksv1.SharedIdentifier
}

// pairs are, for each of some families, those that share identifiers with it, by
// id; none for one that shares nothing.
func (f *Identifiers) pairs(ctx context.Context, some []place) (map[place][]pair, error) {
	out := make(map[place][]pair, len(some))
	if len(some) == 0 {
		return out, nil
	}
	ctx = store.WithScope(ctx, store.Scope{Villages: villagesOf(some), Restricted: true})
	err := f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		own, err := sharedOwn(ctx, snap, some)
		if err != nil {
			return err
		}
		for _, of := range some {
			if out[of], err = f.pairsOf(ctx, snap, of, own[of]); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// pairsOf are those of one family; own are its identifiers that are shared.
func (f *Identifiers) pairsOf(ctx context.Context, snap store.Snapshot, of place, own []store.Identifier) (out []pair, err error) {
	found := map[merge.ID]*pair{}
	for _, mine := range own {
		sharers, tooMany, err := f.sharers(ctx, snap, mine.Hash)
		if err != nil {
			return nil, err
		}
		if tooMany {
			continue
		}
		for _, theirs := range sharers {
			if theirs.Family == of.family {
				continue
			}
			p := found[theirs.Family]
			if p == nil {
				p = &pair{other: place{theirs.Village, theirs.Family}}
				found[theirs.Family] = p
			}
			p.hashes = append(p.hashes, mine.Hash)
			p.shared = append(p.shared, sharedOf(mine.Member, theirs.Member))
		}
	}
	for _, p := range found {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b pair) int { return bytes.Compare(a.other.family[:], b.other.family[:]) })
	return out, nil
}

// sharers are the entries of those who have a number. tooMany: more families than are told
// of each other, and not all of them.
func (f *Identifiers) sharers(ctx context.Context, snap store.Snapshot, hash [16]byte) (entries []store.Identifier, tooMany bool, err error) {
	entries, err = snap.Sharing(ctx, hash, f.bounds().sharers+1)
	families := map[place]bool{}
	add(families, entries)
	return entries, len(families) > f.bounds().sharers, err
}

// add adds the families that entries are of.
func add(families map[place]bool, entries []store.Identifier) {
	for i := range entries {
		families[place{entries[i].Village, entries[i].Family}] = true
	}
}

// addTold adds those of who has a number who have been told of others, however many they are.
func (f *Identifiers) addTold(ctx context.Context, hash [16]byte, families map[place]bool) error {
	byVillage := map[uint32][]merge.ID{}
	err := f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		clear(byVillage)
		entries, err := snap.Sharing(ctx, hash, math.MaxInt32)
		for _, e := range entries {
			byVillage[e.Village] = append(byVillage[e.Village], e.Family)
		}
		return err
	})
	if err != nil {
		return err
	}
	ctx = store.WithScope(ctx, store.Scope{Villages: slices.Collect(maps.Keys(byVillage)), Restricted: true})
	return f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		for village, ids := range byVillage {
			told, err := snap.DoubledAmong(ctx, village, ids)
			if err != nil {
				return err
			}
			for _, family := range told {
				families[place{village, family}] = true
			}
		}
		return nil
	})
}

// sharedOwn are those of some families' identifiers by which others are found, too: a
// query a village, and one.
func sharedOwn(ctx context.Context, snap store.Snapshot, some []place) (map[place][]store.Identifier, error) {
	families := map[uint32][]merge.ID{}
	for _, of := range some {
		families[of.village] = append(families[of.village], of.family)
	}
	var all []store.Identifier
	for _, village := range slices.Sorted(maps.Keys(families)) {
		list, err := snap.IdentifiersOf(ctx, village, families[village]...)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	hashes := make([][16]byte, len(all))
	for i := range all {
		hashes[i] = all[i].Hash
	}
	shared, err := snap.SharedHashes(ctx, hashes)
	if err != nil {
		return nil, err
	}
	own := map[place][]store.Identifier{}
	for _, i := range all {
		if of := (place{i.Village, i.Family}); shared[i.Hash] > 0 {
			own[of] = append(own[of], i)
		}
	}
	return own, nil
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

// newsOf is what a family is to be told; isNew is false where it knows, or is not
// there any more.
func (f *Identifiers) newsOf(ctx context.Context, read onceReader, of place, pairs []pair) (doubles []*ksv1.Double, isNew bool, err error) {
	row, err := read.family(ctx, of)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if row.State != store.FamilyCounted {
		pairs = nil
	}
	home, err := read.Village(ctx, of.village)
	if err != nil {
		return nil, false, err
	}
	before, err := f.Vault.FamilyReview(&row)
	if err == nil && len(pairs) > 0 {
		_, err = f.namesOf(ctx, read, of)
	}
	if err != nil {
		return nil, false, err
	}
	for i := range pairs {
		d, unread := f.double(ctx, read, home, of.family, &pairs[i])
		if unread != nil {
			if err := f.pass(pairs[i].other, unread); err != nil {
				return nil, false, err
			}
			if d, err = f.asTold(ctx, read, home, of.family, &pairs[i], before.GetDuplicates()); err != nil {
				return nil, false, err
			}
		}
		if d != nil {
			doubles = append(doubles, d)
		}
	}
	_, isNew = review.Tell(before.GetDuplicates(), doubles)
	return doubles, isNew, nil
}

// asTold is a pair as a family was told of it, for the other can't be read; nil: it was not.
func (f *Identifiers) asTold(ctx context.Context, read onceReader, home store.Village, of merge.ID, p *pair, before *ksv1.FamilyDuplicates) (*ksv1.Double, error) {
	mine, err := f.namesOf(ctx, read, place{home.Number, of})
	if err != nil {
		return nil, err
	}
	there, err := read.Village(ctx, p.other.village)
	if err != nil {
		return nil, err
	}
	var names [][32]byte
	for _, hash := range p.hashes {
		if name, ok := mine[hash]; ok {
			names = append(names, name)
		}
	}
	token := tokenOf(of, p.other.family, names)
	for _, d := range before.GetDoubles() {
		if bytes.Equal(d.GetToken(), token) {
			if d = proto.CloneOf(d); !ofOnePuskesmas(home, there) {
				d.OtherFamilyId, d.OtherVillage, d.OtherPlace = "", 0, ""
				unname(d)
			}
			return d, nil
		}
	}
	return nil, nil
}

// ofOnePuskesmas tells whether families of two villages are named to each other.
func ofOnePuskesmas(home, there store.Village) bool {
	return there.Number == home.Number || there.Puskesmas != "" && there.Puskesmas == home.Puskesmas
}

// unname leaves out whose of the other family a number is.
func unname(d *ksv1.Double) {
	for _, s := range d.Shared {
		s.OtherMemberId = ""
	}
}

// double is a pair as one of the two is told of it: of another Puskesmas nothing
// but whether its supervisor says that the family lives there. nil where the
// other does not count any more, or either has another number by now, which the index is
// still to follow.
func (f *Identifiers) double(ctx context.Context, read onceReader, home store.Village, of merge.ID, p *pair) (*ksv1.Double, error) {
	theirs, err := read.family(ctx, p.other)
	if errors.Is(err, store.ErrNotFound) || err == nil && theirs.State != store.FamilyCounted {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	mine, err := f.namesOf(ctx, read, place{home.Number, of})
	if err != nil {
		return nil, err
	}
	others, err := f.namesOf(ctx, read, p.other)
	if err != nil {
		return nil, err
	}
	d := &ksv1.Double{}
	var names [][32]byte
	for i, hash := range p.hashes {
		name, ok := mine[hash]
		if _, has := others[hash]; ok && has {
			names, d.Shared = append(names, name), append(d.Shared, p.shared[i])
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	d.Token = tokenOf(of, p.other.family, names)
	there, err := read.Village(ctx, p.other.village)
	if err != nil {
		return nil, err
	}
	if ofOnePuskesmas(home, there) {
		d.OtherFamilyId, d.OtherVillage, d.OtherPlace = p.other.family.String(), p.other.village, theirs.Place.String()
		return d, nil
	}
	unname(d)
	answered, err := f.Vault.FamilyReview(&theirs)
	d.WithDistrict = review.LastAction(answered.GetDuplicates(), d.Token).GetAction() == review.LivesHere
	return d, err
}
