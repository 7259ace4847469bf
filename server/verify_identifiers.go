package server

import (
	"bytes"
	"context"
	"math"
	"slices"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// foundBy are the families of a village that wait to be compared, and what they should be
// found by.
type foundBy struct {
	followed uint64 // the revision up to which the index follows the village
	// passed: the index keeps what it had of them, for they did not open, until it tries again.
	passed   map[merge.ID]bool
	families []merge.ID
	want     []store.Identifier
}

// beginFound reads how far the index has come.
func (v *verifier) beginFound(ctx context.Context, snap store.Snapshot, village uint32) (err error) {
	if v.found.followed, _, err = snap.FollowedTo(ctx, village); err != nil {
		return err
	}
	passed, err := snap.UnreadFamilies(ctx, math.MaxInt32)
	v.found.passed = map[merge.ID]bool{}
	for _, f := range passed {
		v.found.passed[f.Family] = true
	}
	return err
}

// expect has a family compared with what the index of NIK and NKK has of it, if it has come
// that far.
func (v *verifier) expect(ctx context.Context, snap store.Snapshot, f *store.Family, h *ksv1.Household) error {
	if f.Revision > v.found.followed || v.found.passed[f.ID] {
		return nil
	}
	want, err := v.vault.Identifiers(f.Village, f.ID, h)
	if err != nil {
		return err
	}
	v.found.families, v.found.want = append(v.found.families, f.ID), append(v.found.want, want...)
	if len(v.found.families) < verifyPage {
		return nil
	}
	return v.compareFound(ctx, snap, f.Village)
}

// compareFound compares those that wait.
func (v *verifier) compareFound(ctx context.Context, snap store.Snapshot, village uint32) error {
	have, err := snap.IdentifiersOf(ctx, village, v.found.families...)
	if err != nil {
		return err
	}
	want, found := hashesOf(v.found.want), hashesOf(have)
	for _, family := range v.found.families {
		if !slices.Equal(want[family], found[family]) {
			v.out.Misfound++
		}
	}
	v.found.families, v.found.want = v.found.families[:0], v.found.want[:0]
	return nil
}

// hashesOf are what each family is found by, in order.
func hashesOf(list []store.Identifier) map[merge.ID][][16]byte {
	out := map[merge.ID][][16]byte{}
	for i := range list {
		out[list[i].Family] = append(out[list[i].Family], list[i].Hash)
	}
	for family, hashes := range out {
		slices.SortFunc(hashes, func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) })
		out[family] = slices.Compact(hashes)
	}
	return out
}
