package promises

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/cmd/ks-sim/judge"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

// reviewStep lets, now and then, somebody submit, judge, or correct: surveyors on
// their devices, the supervisor on one and in the pages.
func (w *World) reviewStep(ctx context.Context) error {
	// Drawn apart, so that what surveyors and links do does not depend on it.
	other := w.rng
	w.rng = w.reviews
	defer func() { w.rng = other }()
	switch n := w.rng.IntN(100); {
	case n < 8:
		return w.submit(ctx, w.replicas[w.rng.IntN(len(w.replicas))])
	case n < 18:
		return w.judgeOnDevice(ctx)
	case n < 22:
		return w.judgeInPages(ctx)
	case n < 34:
		return w.sync(ctx, w.boss, true)
	case n < 36:
		return w.save(ctx, w.boss)
	case n < 38:
		return w.crashDevice(ctx, w.boss)
	default:
		return nil
	}
}

// submit submits a few families of one village.
func (w *World) submit(ctx context.Context, r *replica) error {
	known, _ := r.store.Families(device.Query{Limit: 1000})
	if len(known) == 0 {
		return nil
	}
	village := known[w.rng.IntN(len(known))].Village
	var ids []merge.ID
	for _, f := range known {
		if f.Village == village && w.rng.IntN(3) > 0 {
			ids = append(ids, f.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	w.Report.Submissions++
	_, err := r.store.Submit(ctx, ids, "")
	return err
}

func (w *World) outcome(d *ksv1.ReviewDecision) *ksv1.ReviewDecision {
	d.Outcome = ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED
	if w.rng.IntN(3) == 0 {
		d.Outcome, d.Note = ksv1.VerdictOutcome_VERDICT_OUTCOME_RETURNED, "Periksa kembali"
	}
	return d
}

// judgeOnDevice judges some of the queue on the supervisor's device; the verdicts
// travel with its next sync, when others may have changed the families.
func (w *World) judgeOnDevice(ctx context.Context) error {
	queue, _ := w.boss.store.Families(device.Query{
		Limit: 1000, IncludeRemoved: true, Keep: func(s *device.Summary) bool { return review.Queued(s.Review) },
	})
	for _, f := range queue {
		if w.rng.IntN(2) == 0 {
			continue
		}
		_, err := w.boss.store.Decide(ctx, w.outcome(&ksv1.ReviewDecision{FamilyId: f.ID.String()}), false)
		var not *device.ErrNotJudgeable
		if err != nil && !errors.As(err, &not) {
			return fmt.Errorf("judge family %s: %w", f.ID, err)
		}
		if err == nil {
			w.Report.Verdicts++
		}
	}
	return nil
}

// judgeInPages judges what waits on the server, now and then by a state that has
// gone, and then sends it once more.
func (w *World) judgeInPages(ctx context.Context) error {
	var rows []store.Family
	err := w.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) (err error) {
		rows, err = snap.ListReview(ctx, store.ReviewQuery{Villages: []uint32{1, 2}, Limit: 3})
		return err
	})
	if err != nil {
		return err
	}
	caller, err := w.caller(ctx, w.boss.owner)
	if err != nil || !caller.Has(ksv1.Right_RIGHT_REVIEW) {
		return err
	}
	sender := &ingest.Sender{Account: w.boss.owner.account, MayReview: true, Covers: caller.Covers}
	for i := range rows {
		digest, _, err := w.backend.Vault.OpenCanonical(&rows[i])
		if err != nil {
			return err
		}
		stale := w.rng.IntN(4) == 0
		if stale {
			digest[0]++
		}
		id := merge.NewID(0, w.rng.Uint32(), w.rng.Uint64())
		d := w.outcome(&ksv1.ReviewDecision{
			VerdictId: id.String(), Author: sender.Account, Village: rows[i].Village, FamilyId: rows[i].ID.String(), JudgedDigest: digest[:],
		})
		for range 2 {
			act, err := ingest.PrepareDecision(d, sender)
			if err != nil {
				return err
			}
			acted, _, err := w.backend.Changes.Act(ctx, rows[i].Village, []*ingest.Act{act})
			if err != nil {
				return err
			}
			if stale && acted[0].Verdict != nil {
				w.Report.violate("review: a verdict on another state of family %s applied", rows[i].ID)
			}
		}
	}
	return nil
}

// checkReview holds the reviews of server and devices against what was changed
// and judged.
func (w *World) checkReview(ctx context.Context, t *judge.Truth) error {
	counts := map[uint32]*[3]int64{1: {}, 2: {}}
	applied := map[merge.ID]bool{}
	err := w.store.Read(ctx, func(ctx context.Context, snap store.Snapshot) error {
		for id, f := range t.Families {
			verdicts, err := snap.Verdicts(ctx, f.Village, id, 0, 1_000_000)
			if err != nil {
				return err
			}
			for _, v := range verdicts {
				applied[v.ID] = true
			}
			entries, err := snap.History(ctx, f.Village, id, 0, 1_000_000)
			if err != nil {
				return err
			}
			if err := w.checkFamilyReview(f, verdicts, entries, counts[f.Village]); err != nil {
				return err
			}
		}
		for number, c := range counts {
			v, err := snap.Village(ctx, number)
			if err != nil {
				return err
			}
			if have := [3]int64{v.Submitted, v.Approved, v.Returned}; have != *c {
				w.Report.violate("review: village %d counts %v submitted, approved, returned, and has %v", number, have, *c)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.Report.Applied += len(applied)
	return w.checkDecisions(ctx, applied)
}

// checkFamilyReview: an approval stands only for the state that it judged, the
// verified value is that of the last approval, and nobody judged the own work.
func (w *World) checkFamilyReview(f store.Family, verdicts []store.Verdict, entries []store.Entry, counts *[3]int64) error {
	r, err := w.backend.Vault.FamilyReview(&f)
	if err != nil {
		return err
	}
	digest, _, err := w.backend.Vault.OpenCanonical(&f)
	if err != nil {
		return err
	}
	switch {
	case review.Queued(r.GetState()):
		counts[0]++
	case r.GetState() == review.Approved:
		counts[1]++
	case r.GetState() == review.Returned:
		counts[2]++
	}
	if r.GetState() == review.Approved && string(r.GetJudgedDigest()) != string(digest[:]) {
		w.Report.violate("review: family %s is approved and not what was approved", f.ID)
	}
	if r.GetState() == review.Changed && string(r.GetJudgedDigest()) == string(digest[:]) {
		w.Report.violate("review: family %s was re-opened and has not changed", f.ID)
	}
	if len(verdicts) > 0 && verdicts[0].ID.String() != r.GetVerdictId() {
		w.Report.violate("review: family %s does not show its last verdict", f.ID)
	}
	since := uint64(0)
	for _, v := range slices.Backward(verdicts) {
		for i := range entries {
			if e := &entries[i]; e.Author == v.Author && e.Revision > since && e.Revision < v.Revision {
				w.Report.violate("review: account %d judged family %s, which it had corrected", v.Author, f.ID)
			}
		}
		if v.Outcome == int(ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED) {
			since = v.Revision
		}
	}
	return nil
}

// checkDecisions: what the supervisor's device was told to be applied is, nothing
// waits any more, and every device shows the reviews that the server has.
func (w *World) checkDecisions(ctx context.Context, applied map[merge.ID]bool) error {
	entries, err := w.boss.store.Decisions(ctx, 1_000_000)
	if err != nil {
		return err
	}
	for _, e := range entries {
		id, err := merge.ParseID(e.Decision.GetVerdictId())
		if err != nil {
			return err
		}
		switch {
		case e.Status == device.DecisionPending:
			w.Report.violate("liveness: verdict %s is still unsent", id)
		case e.Status == device.DecisionApplied && !applied[id] && !w.wasErasedFrom(idOf(e.Decision.GetFamilyId())):
			w.Report.violate("acked: verdict %s is gone", id)
		}
	}
	return nil
}

// checkShownReview: the device shows a family's review as the server has it.
func (w *World) checkShownReview(ctx context.Context, r *replica, f store.Family) error {
	want, err := w.backend.Vault.FamilyReview(&f)
	if err != nil {
		return err
	}
	known, err := r.store.Family(ctx, f.ID)
	if err != nil {
		return err
	}
	if !proto.Equal(known.Review, want) {
		w.Report.violate("review: device %d shows family %s as %s, the server as %s", r.owner.device, f.ID, known.Review.GetState(), want.GetState())
	}
	return nil
}

// newReviews draws what review does in a world.
func newReviews(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x7276)) }
