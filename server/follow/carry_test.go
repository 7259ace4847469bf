package follow_test

import (
	"context"
	"slices"
	"testing"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/follow"
	"github.com/keluarga-sehat/sync/server/ingest"
	"github.com/keluarga-sehat/sync/server/store"
)

func everywhere(uint32, area.Place) bool { return true }

// acts takes a step of review on the i-th family.
func (d *doubled) acts(i int, a *ingest.Act, err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
	acted, _, err := d.core.Act(d.t.Context(), d.homes[i].number, []*ingest.Act{a})
	if err != nil || acted[0].Receipt.GetStatus() != ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED {
		d.t.Fatalf("%v, %v", acted, err)
	}
}

func (d *doubled) submit(i int) {
	d.t.Helper()
	batch := merge.NewID(9, 9, uint64(i+1))
	a, err := ingest.PrepareSubmission(&ksv1.BatchSubmission{Id: batch[:], Village: d.homes[i].number, Author: 1, FamilyIds: [][]byte{d.ids[i][:]}},
		&ingest.Sender{Account: 1, MayCollect: true, Covers: everywhere})
	d.acts(i, a, err)
}

func (d *doubled) approve(i int) {
	d.t.Helper()
	row, _ := d.reviewed(i)
	digest, _, err := d.core.Vault.OpenCanonical(&row)
	if err != nil {
		d.t.Fatal(err)
	}
	a, err := ingest.PrepareDecision(&ksv1.ReviewDecision{
		VerdictId: merge.NewID(9, 8, row.Revision).String(), Village: d.homes[i].number, Author: 2, FamilyId: d.ids[i].String(),
		Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED, JudgedDigest: digest[:],
	}, &ingest.Sender{Account: 2, MayReview: true, Covers: everywhere})
	d.acts(i, a, err)
}

func (d *doubled) reviewed(i int) (row store.Family, r *ksv1.FamilyReview) {
	d.t.Helper()
	err := d.core.Store.Read(store.AsOperator(d.t.Context()), func(ctx context.Context, snap store.Snapshot) (err error) {
		if row, err = snap.FindFamily(ctx, []uint32{d.homes[i].number}, d.ids[i]); err == nil {
			r, err = d.core.Vault.FamilyReview(&row)
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return row, r
}

// What was submitted of a family that is made one with another, of another village maybe, is
// judged in the one that stands, whatever happened first, and only where nobody has submitted
// that: the removed one stays in the queue only for the verified figures.
func TestWhatWasSubmittedOfAFamilyMadeOneIsJudgedWhereItWent(t *testing.T) {
	t.Parallel()
	const none = ksv1.ReviewState_REVIEW_STATE_UNSPECIFIED
	for name, c := range map[string]struct {
		families    int
		run         func(d *doubled)
		gone, stand ksv1.ReviewState
	}{
		"submitted, then made one":        {2, func(d *doubled) { d.submit(0); d.unite(0) }, none, review.Submitted},
		"made one, then submitted":        {2, func(d *doubled) { d.unite(0); d.submit(0) }, none, review.Submitted},
		"approved before it went over":    {2, func(d *doubled) { d.submit(0); d.unite(0); d.approve(0) }, review.Approved, review.Submitted},
		"approved, then made one":         {2, func(d *doubled) { d.submit(0); d.approve(0); d.unite(0) }, review.Changed, review.Submitted},
		"both submitted":                  {2, func(d *doubled) { d.submit(0); d.submit(1); d.unite(0) }, none, review.Submitted},
		"the one that stands is approved": {2, func(d *doubled) { d.submit(0); d.unite(0); d.submit(1); d.approve(1) }, none, review.Approved},
		"made one in a chain":             {3, func(d *doubled) { d.submit(0); d.unite(0); d.unite(1) }, none, review.Submitted},
		"nobody submitted":                {2, func(d *doubled) { d.unite(0) }, none, none},
		"none stands": {2, func(d *doubled) {
			d.submit(0)
			d.unite(0)
			d.homes[1].save(d.ids[1], merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Removal: &ksv1.Removal{
				Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2026-05-17",
			}}})
		}, review.Submitted, none},
	} {
		onEachEngine(t, name, func(t *testing.T, open func() store.Store) {
			s := open()
			d := newDoubled(t, s, c.families)
			c.run(d)
			look := func() {
				for range 2 {
					catch(t, &follow.Identifiers{Store: s, Vault: d.core.Vault, Core: d.core})
				}
			}
			look()
			last := c.families - 1
			_, gone := d.reviewed(0)
			_, stands := d.reviewed(last)
			if gone.GetState() != c.gone || stands.GetState() != c.stand {
				t.Errorf("the removed one is %v, the one that stands %v; want %v, %v", gone.GetState(), stands.GetState(), c.gone, c.stand)
			}
			if review.Queued(c.stand) && (stands.GetSubmittedBy() != 1 || !slices.Contains(stands.GetAuthors(), 1)) {
				t.Errorf("submitted by %d, written by %d", stands.GetSubmittedBy(), stands.GetAuthors())
			}
			before := d.villageRevisions()
			look()
			if after := d.villageRevisions(); !slices.Equal(before, after) {
				t.Errorf("it goes on: revisions %d, then %d", before, after)
			}
		})
	}
}
