package follow

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
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
		sharers, err := snap.Sharing(ctx, mine.Hash, sharersMax+1)
		if err != nil {
			return nil, err
		}
		if len(sharers) > sharersMax {
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

// sharers are the families that the index has under identifiers of some: as they
// were when they were indexed, whatever became of them since.
func (f *Identifiers) sharers(ctx context.Context, some []place) (out []place, err error) {
	ctx = store.WithScope(ctx, store.Scope{Villages: villagesOf(some), Restricted: true})
	err = f.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		out = out[:0]
		own, err := sharedOwn(ctx, snap, some)
		if err != nil {
			return err
		}
		for _, of := range some {
			for _, mine := range own[of] {
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
		}
		return nil
	})
	return out, err
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
	list, err := snap.SharedHashes(ctx, hashes)
	if err != nil {
		return nil, err
	}
	shared := make(map[[16]byte]bool, len(list))
	for _, hash := range list {
		shared[hash] = true
	}
	own := map[place][]store.Identifier{}
	for _, i := range all {
		if of := (place{i.Village, i.Family}); shared[i.Hash] {
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

// tellFamilies are told in one transaction, where the engine has one for many
// villages: each syncs to disk once, and holds SQLite's one writer for some tens of
// milliseconds.
const tellFamilies = 200

// tellRounds bounds how often those told are looked at once more, while others change
// what they share.
const tellRounds = 8

// tell finds what families share, and tells them, then those they share it with, and in the
// end those who may have been told, in the meantime or before, of a double that is none any
// more. Whoever was told is looked at once more: what was found of them may have been over
// by the time they were told, and who followed its end found nobody told of it. All who are
// concerned are added to families. Error: store.ErrOvertaken where that does not end.
func (f *Identifiers) tell(ctx context.Context, families map[place]bool) error {
	now, revisited := slices.SortedFunc(maps.Keys(families), place.compare), map[place]bool{}
	for round := 0; len(now) > 0; round++ {
		if round == tellRounds {
			return fmt.Errorf("tell %d families what they share: %w", len(now), store.ErrOvertaken)
		}
		again := newOnceMore()
		err := f.tellRound(ctx, now, again)
		if round > 0 {
			clear(again.others)
		}
		next := again.surely
		for of := range again.others {
			if !families[of] {
				next[of] = true
			}
		}
		for of := range again.maybe {
			if !revisited[of] {
				revisited[of], next[of] = true, true
			}
		}
		maps.Copy(families, next)
		if err != nil {
			return err
		}
		now = slices.SortedFunc(maps.Keys(next), place.compare)
	}
	return nil
}

// tellRound finds what families share, and tells them.
func (f *Identifiers) tellRound(ctx context.Context, families []place, again onceMore) error {
	for some := range slices.Chunk(families, tellFamilies) {
		found, err := f.pairs(ctx, some)
		if err != nil {
			return err
		}
		for _, pairs := range found {
			for i := range pairs {
				again.others[pairs[i].other] = true
			}
		}
		if err := f.tellAll(ctx, some, found, again); err != nil {
			return err
		}
	}
	return nil
}

// tellAll tells families what was found of them, where it is news. To again it adds who is
// to be looked at once more.
func (f *Identifiers) tellAll(ctx context.Context, some []place, found map[place][]pair, again onceMore) error {
	concerned := slices.Clone(some)
	for _, pairs := range found {
		for i := range pairs {
			concerned = append(concerned, pairs[i].other)
		}
	}
	var news []ingest.Telling
	scoped := store.WithScope(ctx, store.Scope{Villages: villagesOf(concerned), Restricted: true})
	err := f.Store.Read(scoped, func(ctx context.Context, snap store.Snapshot) error {
		news = news[:0]
		read := newOnceReader(snap, again)
		for _, of := range some {
			doubles, isNew, err := f.newsOf(ctx, read, of, found[of])
			if err != nil {
				return err
			}
			if isNew {
				news = append(news, ingest.Telling{Village: of.village, Family: of.family, Found: doubles})
				again.surely[of] = true
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := f.core().TellDoubles(ctx, news); err != nil {
		return err
	}
	for i := range news {
		f.rememberTold(&news[i])
	}
	return nil
}

// toldMax bounds what is remembered of tellings; beyond, families are looked at
// again.
const toldMax = 50_000

// rememberTold spares a family that has just been told the look that its new
// revision would bring: by that nothing changed but what it was told. Not where it
// had a revision before that is still to be followed.
func (f *Identifiers) rememberTold(t *ingest.Telling) {
	if t.Told == 0 || t.Before > f.followed[t.Village] {
		return
	}
	if f.told == nil || f.toldAll >= toldMax {
		f.told, f.toldAll = map[uint32]map[uint64]merge.ID{}, 0
	}
	if f.told[t.Village] == nil {
		f.told[t.Village] = map[uint64]merge.ID{}
	}
	f.told[t.Village][t.Told] = t.Family
	f.toldAll++
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
		for i := range pairs {
			read.again.maybe[pairs[i].other] = true
		}
		pairs = nil
	}
	home, err := read.Village(ctx, of.village)
	if err != nil {
		return nil, false, err
	}
	for i := range pairs {
		d, err := f.double(ctx, read, home, of.family, &pairs[i])
		if err != nil {
			return nil, false, err
		}
		if d != nil {
			doubles = append(doubles, d)
		}
	}
	before, err := f.Vault.FamilyReview(&row)
	if err != nil {
		return nil, false, err
	}
	_, changed := review.Tell(before.GetDuplicates(), doubles)
	for _, d := range before.GetDuplicates().GetDoubles() {
		ended := !slices.ContainsFunc(doubles, func(now *ksv1.Double) bool { return bytes.Equal(now.Token, d.Token) })
		if other, err := merge.ParseID(d.GetOtherFamilyId()); err == nil && changed && ended {
			read.again.surely[place{d.GetOtherVillage(), other}] = true
		}
	}
	return doubles, changed, nil
}

// double is a pair as one of the two is told of it: of another Puskesmas nothing
// but whether its supervisor says that the family lives there. nil where the
// other does not count any more, or either has another number by now: the index will
// follow that, but not tell of it the one at which the number stays, unless both were told.
func (f *Identifiers) double(ctx context.Context, read onceReader, home store.Village, of merge.ID, p *pair) (*ksv1.Double, error) {
	theirs, err := read.family(ctx, p.other)
	if errors.Is(err, store.ErrNotFound) || err == nil && theirs.State != store.FamilyCounted {
		read.again.maybe[p.other] = true
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
	if len(names) < len(p.hashes) {
		read.again.maybe[p.other] = true
	}
	if len(names) == 0 {
		return nil, nil
	}
	d.Token = tokenOf(of, p.other.family, names)
	there, err := read.Village(ctx, p.other.village)
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
