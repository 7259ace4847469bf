package api

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"github.com/keluarga-sehat/sync/internal/form"
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
	from        merge.State
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
		settled, err := u.settle(ctx, &u.kept)
		switch {
		case err != nil:
			return err
		case settled:
			return ingest.ErrFamilyChanged
		}
		return errKeptRemoved
	}
	if u.seen, u.from, err = u.f.services.readFamily(ctx, nil, &u.other); err != nil || u.other.State == store.FamilyCounted {
		return err
	}
	return u.mayAgain(ctx)
}

// mayAgain: a family that was removed because it is the kept one, or one that was in turn, is
// united once more, with what came to it since.
func (u *union) mayAgain(ctx context.Context) error {
	stands, err := merge.StandsFor(u.other.ID, func(id merge.ID) (*ksv1.Removal, error) {
		state := u.from
		if id != u.other.ID {
			row, err := u.f.findFamily(ctx, callerOf(ctx), id.String())
			if err != nil {
				return nil, err
			}
			if _, state, err = u.f.services.readFamily(ctx, nil, &row); err != nil {
				return nil, err
			}
		}
		household, err := merge.View(&state)
		return household.GetFamily().GetRemoval(), err
	})
	if err == nil && stands != u.kept.ID || errors.Is(err, errNotFound) {
		return errOtherRemoved
	}
	return err
}

var (
	errKeptRemoved  = &errBadRequest{"kept_family_id", "is a family that was removed", "Keluarga ini sudah dihapus; pilih yang lain."}
	errOtherRemoved = &errBadRequest{"family_id", "is a family that was removed, and not for the kept one", "Keluarga ini sudah dihapus; pilih yang lain."}
)

// unite writes both. What came to the other family after it was read would go with it unseen:
// then, too, it is begun anew. Errors: ingest.ErrFamilyChanged, errKeptRemoved, of
// ingest.Core.Correct.
func (u *union) unite(ctx context.Context) (*ksv1.MergeFamilyResponse, error) {
	core, out := u.f.services.Backend.Core, &ksv1.MergeFamilyResponse{}
	takeOver := u.correction("kept", nil, func(state *merge.State) ([]merge.RecordEdit, error) {
		into, err := merge.View(state)
		if err != nil {
			return nil, err
		}
		if into.GetFamily().GetRemoval() != nil {
			return nil, errKeptRemoved
		}
		edits, err := merge.Unite(into, &u.from)
		form.NoteSeen(edits, state)
		return edits, err
	})
	takeOver.From = &u.from
	var err error
	out.KeptRevision, err = core.Correct(ctx, u.kept.Village, u.kept.ID, takeOver)
	if err != nil {
		return nil, err
	}
	out.RemovedRevision, err = core.Correct(ctx, u.other.Village, u.other.ID, u.correction("removed", &u.seen, func(state *merge.State) ([]merge.RecordEdit, error) {
		if u.other.State != store.FamilyCounted && !merge.CameLate(state) {
			return nil, nil
		}
		return []merge.RecordEdit{{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Removal: &ksv1.Removal{
			Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, KeptId: u.kept.ID.String(), Note: u.note,
			Date: u.f.services.dayNow().String(), Seen: merge.SeenOf(state, merge.ID{}),
		}}}}, nil
	}))
	if err != nil {
		return nil, err
	}
	// The caller's giving up does not leave both removed.
	ctx = context.WithoutCancel(ctx)
	if _, err = u.settle(ctx, &u.other); err == nil {
		err = core.CarrySubmission(ctx, callerOf(ctx).VillagesFor(ksv1.Right_RIGHT_SEE_FAMILIES), u.other.ID)
	}
	return out, err
}

// settle mends what two do at one moment who keep each the other's.
func (u *union) settle(ctx context.Context, of *store.Family) (settled bool, err error) {
	return u.f.services.Backend.Core.SettleRing(ctx, callerOf(ctx).VillagesFor(ksv1.Right_RIGHT_SEE_FAMILIES), of.ID, u.author)
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
