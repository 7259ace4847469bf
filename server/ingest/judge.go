package ingest

import (
	"context"
	"slices"
	"time"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/store"
)

// DefaultReturnDays is how many days a surveyor has to correct what was returned,
// where the supervisor sets no date: a week, in which everybody syncs.
const DefaultReturnDays = 7

// decideReview applies a verdict to the family that it judged, or tells why not.
func (w *work) decideReview(a *Act) (Acted, error) {
	d, f := a.decision, w.families[a.families[0]]
	switch reason, err := w.mayDecide(a, f); {
	case err != nil:
		return Acted{}, err
	case reason != "":
		return a.notApplied(reason), nil
	case f.isNew && !f.dirty:
		return a.notApplied(ReasonUnknownFamily), nil
	}
	if review.DueBefore(d, w.row.Code, w.now) {
		return Acted{Receipt: a.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID, review.DuePast)}, nil
	}
	authors, err := w.authorsSince(f)
	if err != nil {
		return Acted{}, err
	}
	present := review.Present{Review: f.review, Digest: f.digest, Authors: authors, Findings: f.row.Findings != 0}
	if reason := review.Refusal(present, d, w.persons[a.Sender.Account]); reason != "" {
		return a.leaves(f, reason), nil
	}
	w.link(a, a.id)
	verdict := verdictOf(d, f.review, w.row.Revision)
	verdict.DecidedAtMs, verdict.DueDate = uint64(w.now.UnixMilli()), w.dueDate(d)
	if err := w.keepJudged(f, d.GetOutcome()); err != nil {
		return Acted{}, err
	}
	w.setReview(f, review.Judge(f.review, d, verdict.GetDueDate(), w.step(a)))
	row := store.Verdict{
		ID: a.id, Village: w.row.Number, Family: f.row.ID, Author: a.Sender.Account, Outcome: int(d.GetOutcome()),
		DecidedAtMS: w.now.UnixMilli(), Revision: w.row.Revision,
	}
	if err := w.core.Vault.sealVerdict(&row, f.row.Salt, verdict); err != nil {
		return Acted{}, err
	}
	w.commit.Verdicts = append(w.commit.Verdicts, row)
	if b := w.batchOf(f); b != nil {
		// The note may tell of people; it stays under the family's key.
		short := &ksv1.Verdict{
			VerdictId: verdict.GetVerdictId(), BatchId: verdict.GetBatchId(), FamilyId: verdict.GetFamilyId(), Outcome: verdict.GetOutcome(),
			JudgedDigest: verdict.GetJudgedDigest(), Author: verdict.GetAuthor(), DecidedAtMs: verdict.GetDecidedAtMs(), Revision: verdict.GetRevision(),
		}
		b.dirty = review.PutVerdict(b.message, short) || b.dirty
	}
	done := Acted{Receipt: a.receipt(ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED, ""), Verdict: verdict}
	done.Receipt.Revision = w.row.Revision
	done.present(f)
	return done, w.core.Vault.prove(a, done.Receipt)
}

// leaves answers what does not apply, with the family as it is.
func (a *Act) leaves(f *familyWork, reason string) Acted {
	done := a.notApplied(reason)
	done.present(f)
	return done
}

func (d *Acted) present(f *familyWork) {
	if !f.isNew || f.dirty {
		d.Review, d.Digest, d.Revision = f.review, f.digest, f.row.Revision
	}
}

func verdictOf(d *ksv1.ReviewDecision, before *ksv1.FamilyReview, revision uint64) *ksv1.Verdict {
	return &ksv1.Verdict{
		VerdictId: d.GetVerdictId(), BatchId: before.GetBatchId(), FamilyId: d.GetFamilyId(), Outcome: d.GetOutcome(), Note: d.GetNote(),
		Fields: d.GetFields(), JudgedDigest: d.GetJudgedDigest(), Author: d.GetAuthor(), Revision: revision,
		ReplacesVerdictId: d.GetReplacesVerdictId(),
	}
}

// dueDate is until when a returned family is to be submitted again, a day where it lives.
func (w *work) dueDate(d *ksv1.ReviewDecision) string {
	switch {
	case d.GetOutcome() != ksv1.VerdictOutcome_VERDICT_OUTCOME_RETURNED:
		return ""
	case d.GetDueDate() != "":
		return d.GetDueDate()
	}
	days := w.core.ReturnDays
	if days == 0 {
		days = DefaultReturnDays
	}
	return w.now.In(area.Zone(w.row.Code)).AddDate(0, 0, days).Format(time.DateOnly)
}

// keepJudged keeps the state judged beside the current one: as the verified basis
// where it was approved, else to show later what has changed since.
func (w *work) keepJudged(f *familyWork, outcome ksv1.VerdictOutcome) (err error) {
	_, plain := w.encode(f)
	if outcome != ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED {
		f.row.JudgedPayload, err = w.core.Vault.sealState(&f.row, tableJudged, plain)
		return err
	}
	f.row.JudgedPayload = nil
	if f.row.ApprovedPayload, err = w.core.Vault.sealState(&f.row, tableApproved, plain); err != nil {
		return err
	}
	return w.verify(f)
}

// authorsSince are the accounts that wrote to a family since its last approval, or what a
// union took over into it since, ascending.
func (w *work) authorsSince(f *familyWork) ([]uint32, error) {
	out, err := w.takenOverSince(f)
	if err != nil {
		return nil, err
	}
	for _, a := range w.authors[f.row.ID] {
		if a.Revision > f.review.GetApprovedRevision() {
			out = append(out, a.Author)
		}
	}
	for i := range w.commit.Entries {
		if e := &w.commit.Entries[i]; e.Family == f.row.ID && !e.Settles && e.Revision > f.review.GetApprovedRevision() {
			out = append(out, e.Author)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// takenOverSince are the accounts that wrote, in another family, what a union has brought into
// one since its last approval.
func (w *work) takenOverSince(f *familyWork) (out []uint32, err error) {
	origins := merge.Origins(f.joined())
	if len(origins) == 0 {
		return nil, nil
	}
	approved, err := w.core.Vault.OpenApproved(&f.row)
	if err != nil {
		return nil, err
	}
	for key, authors := range origins {
		if approved == nil || approved.Record(key) == nil {
			out = append(out, authors...)
		}
	}
	return out, nil
}

// setReview moves a family to another review.
func (w *work) setReview(f *familyWork, after *ksv1.FamilyReview) {
	w.countReview(f.row.ReviewState, -1)
	w.countReview(int(after.GetState()), +1)
	f.review, f.reviewed = after, true
	f.row.ReviewState, f.row.ReviewAuthor = int(after.GetState()), after.GetSubmittedBy()
	f.row.ReviewSinceMS = int64(after.GetWaitingSinceMs())
	if !review.Queued(after.GetState()) {
		f.row.ReviewSinceMS = int64(after.GetJudgedAtMs())
	}
	f.row.Revision = max(f.row.Revision, after.GetRevision())
}

// reopenReview tells a family's review that its state has changed.
func (w *work) reopenReview(f *familyWork) error {
	if f.review == nil {
		return nil
	}
	judged, err := w.core.Vault.OpenJudged(&f.row)
	if err != nil {
		return err
	}
	var changes []*ksv1.ReviewChange
	if judged != nil {
		changes = review.ChangesOf(judged, f.joined())
	}
	authors, err := w.takenOverSince(f)
	if err != nil {
		return err
	}
	for i := range w.commit.Entries {
		if e := &w.commit.Entries[i]; e.Family == f.row.ID && !e.Settles {
			authors = append(authors, e.Author)
		}
	}
	step := review.Step{AtMS: uint64(w.now.UnixMilli()), Revision: f.row.Revision}
	after := review.Change(f.review, changes, authors, step)
	if f.removal == ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE {
		after = review.Close(after, step)
	}
	w.setReview(f, after)
	return nil
}

func (w *work) countReview(state int, by int64) {
	switch ksv1.ReviewState(state) {
	case review.Submitted, review.Changed:
		w.row.Submitted += by
	case review.Approved:
		w.row.Approved += by
	case review.Returned:
		w.row.Returned += by
	}
}

// readActs reads what the acts concern.
func (w *work) readActs(ctx context.Context, acts []*Act) error {
	var families, batches []merge.ID
	for _, a := range acts {
		if a.refusal == nil {
			families, batches = append(families, a.families...), append(batches, a.id)
		}
	}
	if err := w.readPersons(ctx, acts); err != nil {
		return err
	}
	return w.readReview(ctx, families, batches)
}

// readReview reads who wrote to families, the batches in which these are, and those named.
func (w *work) readReview(ctx context.Context, families, batches []merge.ID) error {
	if w.batches == nil {
		w.batches = map[merge.ID]*batchWork{}
	}
	for _, id := range families {
		delete(w.authors, id) // may have been read before
		if batch, err := merge.ParseID(w.families[id].review.GetBatchId()); err == nil {
			batches = append(batches, batch)
		}
	}
	authors, err := w.village.Authors(ctx, families)
	if err != nil {
		return err
	}
	for _, a := range authors {
		w.authors[a.Family] = append(w.authors[a.Family], a)
	}
	rows, err := w.village.Batches(ctx, batches)
	if err != nil {
		return err
	}
	for i := range rows {
		b, err := w.core.Vault.OpenBatch(&rows[i])
		if err != nil {
			return err
		}
		if w.batches[rows[i].ID] == nil {
			w.batches[rows[i].ID] = &batchWork{row: rows[i], message: b, before: b.GetState()}
		}
	}
	return nil
}
