package person

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// Selector says who is meant; exactly one of NIK, NKK and Family is set.
type Selector struct {
	NIK, NKK uint64
	Family   merge.ID
	// Member of the Family; zero: all of it.
	Member merge.ID
}

// Found is where a person or family is.
type Found struct {
	Village   store.Village
	Row       store.Family
	Household *ksv1.Household
	// Member is the person; zero: the whole family is meant.
	Member merge.ID

	state merge.State
}

// findLimit bounds how many families share an identifier.
const findLimit = 100

// Find finds who is meant: by id in every village that holds the family, by number in
// every family in which they count, through the index. Errors: store.ErrNotFound, also for
// a member whom the family does not hold.
func (s *Service) Find(ctx context.Context, who Selector) (found []Found, err error) {
	err = s.Store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		found = nil
		if !who.Family.IsZero() {
			return s.findFamily(ctx, snap, who, &found)
		}
		kind, number := byte(ingest.KindNIK), who.NIK
		if who.NKK != 0 {
			kind, number = ingest.KindNKK, who.NKK
		}
		hash, err := s.Core.Vault.Ring().IdentifierHash(kind, number)
		if err != nil {
			return err
		}
		hits, err := snap.Sharing(ctx, hash, findLimit)
		if err != nil {
			return err
		}
		for _, hit := range hits {
			f, err := s.read(ctx, snap, hit.Village, hit.Family)
			if err != nil {
				return err
			}
			// Hashes are compared with what is sealed. Of a family that holds them twice
			// there is a hit each.
			for _, one := range f.with(who) {
				if !slices.ContainsFunc(found, one.same) {
					found = append(found, one)
				}
			}
		}
		return nil
	})
	if err == nil && len(found) == 0 {
		err = errNobody
	}
	return found, err
}

var errNobody = fmt.Errorf("nobody of that number or id: %w", store.ErrNotFound)

// Fields that hold numbers.
const (
	nikField protowire.Number = 2 // of Member
	nkkField protowire.Number = 5 // of Family
)

// with gives the family once for each member who has the number or, by its own number, as
// a whole. Members who left, families that are closed, and values beside the one that is
// shown count as well.
func (f *Found) with(who Selector) (found []Found) {
	for i := range f.state.Records {
		r := &f.state.Records[i]
		is := r.Key.Kind == merge.KindMember && who.NIK != 0 && holds(r, nikField, who.NIK)
		if is || r.Key.Kind == merge.KindFamily && who.NKK != 0 && holds(r, nkkField, who.NKK) {
			one := *f
			one.Member = r.Key.Member
			found = append(found, one)
		}
	}
	return found
}

func holds(r *merge.Record, field protowire.Number, number uint64) bool {
	g := r.Register(field)
	return g != nil && slices.ContainsFunc(g.Values, func(v merge.Value) bool {
		_, _, n := protowire.ConsumeTag(v.Element)
		if n < 0 {
			return false // cleared
		}
		value, n := protowire.ConsumeVarint(v.Element[n:])
		return n > 0 && value == number
	})
}

// same tells whether it is the same person in the same family of the same village.
func (f *Found) same(other Found) bool {
	return f.sameFamily(other) && f.Member == other.Member
}

// findFamily looks a family up in every village: it lives in one, and may have
// left others.
func (s *Service) findFamily(ctx context.Context, snap store.Snapshot, who Selector, found *[]Found) error {
	villages, err := snap.VillagesUnder(ctx, "")
	if err != nil {
		return err
	}
	numbers := make([]uint32, 0, len(villages))
	for _, v := range villages {
		if v.Revision > 0 {
			numbers = append(numbers, v.Number)
		}
	}
	for len(numbers) > 0 {
		row, err := snap.FindFamily(ctx, numbers, who.Family)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		f, err := s.read(ctx, snap, row.Village, row.ID)
		if err != nil {
			return err
		}
		// Whoever is erased has a mark there, and may be named again.
		if who.Member.IsZero() || f.state.Record(merge.Key{Kind: merge.KindMember, Member: who.Member}) != nil {
			f.Member = who.Member
			*found = append(*found, *f)
		}
		numbers = slices.DeleteFunc(numbers, func(n uint32) bool { return n == row.Village })
	}
	return nil
}

func (s *Service) read(ctx context.Context, snap store.Snapshot, village uint32, family merge.ID) (*Found, error) {
	v, err := snap.Village(ctx, village)
	if err != nil {
		return nil, err
	}
	row, err := snap.FindFamily(ctx, []uint32{village}, family)
	if err != nil {
		return nil, err
	}
	_, _, state, err := s.Core.Vault.ReadFamily(ctx, snap, &row)
	if err != nil {
		return nil, err
	}
	f := &Found{Village: v, Row: row, state: state}
	return f, f.view()
}

func (f *Found) view() (err error) {
	if f.Household, err = merge.View(&f.state); err == nil {
		f.Household.VillageCode = f.Village.Code
	}
	return err
}
