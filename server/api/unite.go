package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// uniteTries bounds how often two families are made one anew because one changed meanwhile.
const uniteTries = 4

// MergeFamily makes two families one, first the kept one, then the other: two
// changes, maybe of two villages, each of which sent again has no second effect.
func (f familyService) MergeFamily(ctx context.Context, r *ksv1.MergeFamilyRequest) (out *ksv1.MergeFamilyResponse, err error) {
	for range uniteTries {
		u := &union{f: f, note: r.GetNote(), author: callerOf(ctx).Account.Number}
		if err = u.read(ctx, r); err != nil {
			return nil, err
		}
		if out, err = u.unite(ctx); !errors.Is(err, ingest.ErrFamilyChanged) {
			return out, err
		}
	}
	return nil, err
}

// union makes two families one, of the states that it has read.
type union struct {
	f           familyService
	note        string
	author      uint32
	kept, other store.Family
	from        *ksv1.Household
	seen        merge.Digest
}

func (u *union) read(ctx context.Context, r *ksv1.MergeFamilyRequest) (err error) {
	caller := callerOf(ctx)
	if u.other, err = u.f.findFamily(ctx, caller, r.GetFamilyId()); err != nil {
		return err
	}
	if u.kept, err = u.f.findFamily(ctx, caller, r.GetKeptFamilyId()); err != nil {
		return err
	}
	switch {
	case u.kept.ID == u.other.ID:
		return &errBadRequest{"kept_family_id", "is the same family", "Pilih keluarga yang lain."}
	case u.kept.State != store.FamilyCounted:
		if err := u.standAgain(ctx); err != nil {
			return err
		}
		return errKeptRemoved
	}
	var state merge.State
	if u.seen, state, err = u.f.services.readFamily(ctx, nil, &u.other); err != nil {
		return err
	}
	u.from, err = merge.View(&state)
	return err
}

var errKeptRemoved = &errBadRequest{"kept_family_id", "is a family that was removed", "Keluarga ini sudah dihapus; pilih yang lain."}

// unite writes both. What came to the other family after it was read would go with it unseen:
// then, too, it is begun anew. Errors: ingest.ErrFamilyChanged, errKeptRemoved, of
// ingest.Core.Correct.
func (u *union) unite(ctx context.Context) (*ksv1.MergeFamilyResponse, error) {
	core, out := u.f.services.Backend.Core, &ksv1.MergeFamilyResponse{}
	var err error
	out.KeptRevision, err = core.Correct(ctx, u.kept.Village, u.kept.ID, u.correction("kept", nil, func(state *merge.State) ([]merge.RecordEdit, error) {
		into, err := merge.View(state)
		if err != nil {
			return nil, err
		}
		if into.GetFamily().GetRemoval() != nil {
			return nil, errKeptRemoved
		}
		return merge.Unite(into, u.from)
	}))
	if err != nil {
		return nil, err
	}
	out.RemovedRevision, err = core.Correct(ctx, u.other.Village, u.other.ID, u.correction("removed", &u.seen, func(state *merge.State) ([]merge.RecordEdit, error) {
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Removal: &ksv1.Removal{
			Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, KeptId: u.kept.ID.String(), Note: u.note,
			Date: u.f.services.dayNow().String(), Seen: merge.SeenOf(state, merge.ID{}),
		}}}}, nil
	}))
	if err != nil {
		return nil, err
	}
	// The caller's giving up does not leave both removed.
	if err := u.standAgain(context.WithoutCancel(ctx)); !errors.Is(err, ingest.ErrFamilyChanged) {
		return out, err
	}
	return out, nil
}

// standAgain mends what two do at one moment who keep each the other's: no transaction is of
// two villages, so that both may be removed. Whoever sees that, also who tries again later,
// lets the one with the lower id stand, which done by several has no second effect. Errors:
// ingest.ErrFamilyChanged where it was so and is mended.
func (u *union) standAgain(ctx context.Context) error {
	stands, gone := &u.kept, &u.other
	if bytes.Compare(u.other.ID[:], u.kept.ID[:]) < 0 {
		stands, gone = gone, stands
	}
	for _, x := range []struct{ of, other *store.Family }{{gone, stands}, {stands, gone}} {
		row, err := u.f.findFamily(ctx, callerOf(ctx), x.of.ID.String())
		if err != nil {
			return err
		}
		_, state, err := u.f.services.readFamily(ctx, nil, &row)
		if err != nil || !removedFor(&state, x.other.ID) {
			return err
		}
	}
	c := u.correction("stands", nil, func(state *merge.State) ([]merge.RecordEdit, error) {
		if !removedFor(state, gone.ID) {
			return nil, nil
		}
		return []merge.RecordEdit{merge.StandAgain()}, nil
	})
	if _, err := u.f.services.Backend.Core.Correct(ctx, stands.Village, stands.ID, c); err != nil {
		return err
	}
	return ingest.ErrFamilyChanged
}

// removedFor tells whether a family was removed because it is the other.
func removedFor(state *merge.State, other merge.ID) bool {
	h, err := merge.View(state)
	return err == nil && h.GetFamily().GetRemoval().GetKeptId() == other.String()
}

// correction is one of the union's changes, named by the states that it was made of, so
// that a call sent again finds it.
func (u *union) correction(part string, seen *merge.Digest, edits func(state *merge.State) ([]merge.RecordEdit, error)) ingest.Correction {
	name := append(append([]byte(part), u.kept.ID[:]...), u.other.ID[:]...)
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(name, u.other.Revision))
	return ingest.Correction{
		ID: merge.NewID(0, binary.BigEndian.Uint32(sum[:4]), binary.BigEndian.Uint64(sum[4:12])), Author: u.author, Judges: true, Seen: seen, Edits: edits,
	}
}
