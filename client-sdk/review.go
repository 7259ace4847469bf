package clientsdk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/client-sdk/device"
	"github.com/keluarga-sehat/sync/internal/familyview"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Names of the SDK for what review hands out.
type (
	// DecisionEntry is a verdict passed on this device, with where it stands.
	DecisionEntry = device.DecisionEntry
	// DecisionStatus is where it stands.
	DecisionStatus = device.DecisionStatus
	// ReviewField names a register that a verdict concerns.
	ReviewField = ksv1.ReviewField
)

// Where a verdict passed here stands.
const (
	DecisionPending    = device.DecisionPending
	DecisionApplied    = device.DecisionApplied
	DecisionNotApplied = device.DecisionNotApplied
)

// ReviewError is returned for a verdict that would not apply; nothing was kept.
type ReviewError struct {
	// Reason is stable: "STATE_CHANGED", "ALREADY_JUDGED", "NOT_SUBMITTED",
	// "OWN_WORK", "HAS_FINDINGS", "LAST_LEFT", "FAMILY_TOO_LARGE", "NO_NOTE", "NO_RIGHT",
	// "DUE_PAST".
	Reason string
}

var reviewTexts = map[string]string{
	review.StateChanged:   "data keluarga ini berubah; sinkronkan, lalu periksa kembali",
	review.AlreadyJudged:  "keluarga ini sudah diputuskan",
	review.NotSubmitted:   "keluarga ini belum dikirim untuk ditinjau",
	review.OwnWork:        "Anda ikut mengumpulkan atau memperbaiki data keluarga ini; supervisor lain yang harus memutuskan",
	review.LastLeft:       "di Puskesmas lain keluarga ini sudah ditutup sebagai pindah; di sini tetap dihitung",
	review.FamilyTooLarge: "isian keluarga ini terlalu banyak, sehingga tidak dapat ditutup sebagai pindah; hubungi administrator Puskesmas",
	review.HasFindings:    "ada temuan pada keluarga ini; tinjau satu per satu",
	review.DuePast:        "tanggal diminta kembali sudah lewat; pilih hari ini atau sesudahnya",
	reasonNoNote:          "tuliskan alasan pengembalian untuk surveyor",
	reasonNoRight:         "hanya supervisor yang dapat meninjau",
}

const (
	reasonNoNote  = "NO_NOTE"
	reasonNoRight = "NO_RIGHT"
)

// Error says in Indonesian what to do.
func (e *ReviewError) Error() string {
	if text := reviewTexts[e.Reason]; text != "" {
		return text
	}
	return "keputusan tidak diterapkan: " + e.Reason
}

// ReviewQueue lists the families that wait for a verdict, longest waiting first,
// as this device knows them; the query bounds them further. The second result is
// how many there are in all.
func (u *User) ReviewQueue(q Query) ([]Summary, int) {
	return u.byReview(q, func(s *Summary) bool { return review.Queued(s.Review) }, func(a, b *Summary) int {
		return cmp.Compare(a.WaitingSinceMS, b.WaitingSinceMS)
	})
}

// Returned lists the families that a supervisor returned, earliest due first:
// what is to be corrected and submitted again.
func (u *User) Returned(q Query) ([]Summary, int) {
	return u.byReview(q, func(s *Summary) bool { return s.Review == review.Returned }, func(a, b *Summary) int {
		return strings.Compare(a.DueDate, b.DueDate)
	})
}

// maxReviewed bounds the families that are sorted at one time: a Puskesmas has
// ten thousand.
const maxReviewed = 100_000

func (u *User) byReview(q Query, keep func(*Summary) bool, order func(a, b *Summary) int) ([]Summary, int) {
	asked, offset, limit := q.Keep, max(q.Offset, 0), q.Limit
	if limit <= 0 {
		limit = device.DefaultPage
	}
	q.IncludeRemoved, q.Offset, q.Limit = true, 0, maxReviewed
	q.Keep = func(s *Summary) bool { return keep(s) && (asked == nil || asked(s)) }
	all, _ := u.Families(q)
	slices.SortStableFunc(all, func(a, b Summary) int { return order(&a, &b) })
	page := all[min(offset, len(all)):]
	return page[:min(limit, len(page))], len(all)
}

// ReviewView is a family as a reviewer sees it.
type ReviewView struct {
	Household *ksv1.Household
	// Review is where it stands; nil: never submitted. Deciding: it is shown as
	// verdicts that wait to be sent will make it.
	Review   *ksv1.FamilyReview
	Deciding bool
	// Findings are what the checks notice.
	Findings []Finding
	// Differences are what has changed since the last verdict, but for rounds from which
	// the family withdrew.
	Differences []Difference
	// MayJudge is false for who collected or corrected it, and without the right.
	MayJudge bool
}

// Difference is a register that is not what the last verdict judged.
type Difference struct {
	Key   Key
	Field protowire.Number
	// Question is its number; "" where it is none.
	Question string
	// Before and After hold the field alone; nil where it was, or is, absent.
	Before, After proto.Message
}

// ReviewFamily is what a reviewer needs to judge a family, without network.
// Errors: ErrNotFound.
func (u *User) ReviewFamily(ctx context.Context, id ID) (*ReviewView, error) {
	f, err := u.store.Family(ctx, id)
	if err != nil {
		return nil, err
	}
	v, err := u.reviewView(ctx, f)
	if err != nil {
		return nil, err
	}
	for _, c := range v.Review.GetChanges() {
		d, err := differenceOf(&f.State, c)
		if err != nil {
			return nil, err
		}
		v.Differences = append(v.Differences, d)
	}
	return v, nil
}

// reviewView is a family as a reviewer sees it, without differences.
func (u *User) reviewView(ctx context.Context, f *device.Family) (*ReviewView, error) {
	v := &ReviewView{Review: review.Shown(f.Review, &f.State), Deciding: f.Deciding}
	var err error
	if v.Household, err = u.view(ctx, f); err != nil {
		return nil, err
	}
	familyview.HideWithdrawn(v.Household)
	v.Findings = u.clock().findings(v.Household, &f.State)
	may, err := u.store.MayReview(ctx)
	if err != nil {
		return nil, err
	}
	person, err := u.store.Person(ctx)
	v.MayJudge = may && !f.Unsent && !person.Wrote(f.Review.GetAuthors()...)
	return v, err
}

func differenceOf(state *merge.State, c *ksv1.ReviewChange) (d Difference, err error) {
	if d.Key, err = keyOf(c); err != nil {
		return d, err
	}
	d.Field = protowire.Number(c.GetField())
	if q, ok := prokesga.Find(c.GetKind(), int32(c.GetField())); ok {
		d.Question = string(q.Number)
	}
	if d.Before, err = fieldOf(d.Key.Kind, c.GetBefore()); err != nil {
		return d, err
	}
	if rec := state.Record(d.Key); rec != nil {
		if g := rec.Register(d.Field); g != nil {
			d.After, err = fieldOf(d.Key.Kind, g.Shown().Element)
		}
	}
	return d, err
}

// keyOf is the record of a register that has changed since it was judged.
func keyOf(c *ksv1.ReviewChange) (key Key, err error) {
	key.Kind = c.GetKind()
	for text, id := range map[string]*ID{c.GetRecordId(): &key.Record, c.GetMemberId(): &key.Member} {
		if text == "" {
			continue
		}
		if *id, err = merge.ParseID(text); err != nil {
			return key, err
		}
	}
	return key, nil
}

// fieldOf is a message that holds one field alone.
func fieldOf(kind merge.Kind, element []byte) (proto.Message, error) {
	m := merge.NewRecord(kind)
	if m == nil || len(element) == 0 {
		return nil, nil
	}
	return m, proto.Unmarshal(element, m)
}

// Approve approves a family in the state that this device shows; the verdict goes
// with the next sync, and applies unless the family has changed on the server
// since (see Decisions). Errors: ErrNotFound, *ReviewError.
func (u *User) Approve(ctx context.Context, id ID) (ID, error) {
	return u.decide(ctx, id, &ksv1.ReviewDecision{Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED})
}

// ApproveAll approves many families at once, those without a finding; the rest
// is told by family.
func (u *User) ApproveAll(ctx context.Context, ids []ID) (refused map[ID]error, err error) {
	refused = map[ID]error{}
	for _, id := range ids {
		_, err := u.decide(ctx, id, &ksv1.ReviewDecision{Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_APPROVED, UnlessFindings: true})
		var not *ReviewError
		switch {
		case errors.As(err, &not) || errors.Is(err, ErrNotFound):
			refused[id] = err
		case err != nil:
			return refused, err
		}
	}
	return refused, nil
}

// Return is why a family goes back to the surveyor.
type Return struct {
	// Note is required.
	Note string
	// Fields that it concerns; none: the family as a whole.
	Fields []*ReviewField
	// DueDate until which it is to be submitted again, "2026-12-03", not before User.Today;
	// "": the server's default.
	DueDate string
}

// Return sends a family back to the surveyor with a note, as Approve does.
// Errors: ErrNotFound, *ReviewError.
func (u *User) Return(ctx context.Context, id ID, r Return) (ID, error) {
	return u.giveBack(ctx, id, &ksv1.ReviewDecision{Outcome: ksv1.VerdictOutcome_VERDICT_OUTCOME_RETURNED}, r)
}

func (u *User) giveBack(ctx context.Context, id ID, d *ksv1.ReviewDecision, r Return) (ID, error) {
	if strings.TrimSpace(r.Note) == "" {
		return ID{}, &ReviewError{reasonNoNote}
	}
	today, err := u.Today(ctx)
	if err != nil {
		return ID{}, err
	}
	if r.DueDate != "" && r.DueDate < today {
		return ID{}, &ReviewError{review.DuePast}
	}
	d.Note, d.Fields, d.DueDate = r.Note, r.Fields, r.DueDate
	return u.decide(ctx, id, d)
}

func (u *User) decide(ctx context.Context, id ID, d *ksv1.ReviewDecision) (ID, error) {
	may, err := u.store.MayReview(ctx)
	if err != nil {
		return ID{}, err
	}
	if !may {
		return ID{}, &ReviewError{reasonNoRight}
	}
	findings := false
	if d.GetUnlessFindings() {
		view, err := u.ReviewFamily(ctx, id)
		if err != nil {
			return ID{}, err
		}
		findings = len(view.Findings) > 0
	}
	d.FamilyId = id.String()
	verdict, err := u.store.Decide(ctx, d, findings)
	var not *device.ErrNotJudgeable
	if errors.As(err, &not) {
		return ID{}, &ReviewError{not.Reason}
	}
	return verdict, err
}

// Decisions lists the verdicts passed on this device, newest first, with what
// the server made of them.
func (u *User) Decisions(ctx context.Context, limit int) ([]DecisionEntry, error) {
	return u.store.Decisions(ctx, limit)
}

// NotApplied lists the verdicts passed on this device that the server did not apply, newest
// first: what an app shows to who passed them, whether they may still review or not, until
// Acknowledge, or they judge the family again. After 35 days they tell neither of whom they
// were nor what was written.
func (u *User) NotApplied(ctx context.Context, limit int) ([]DecisionEntry, error) {
	return u.store.NotApplied(ctx, limit)
}

// Acknowledge notes that the user has read that verdicts were not applied. Others are passed
// over. Errors: ErrNoSpace, ErrStorageFailed.
func (u *User) Acknowledge(ctx context.Context, verdicts ...ID) error {
	return u.store.Acknowledge(ctx, verdicts...)
}

// Batches lists the batches submitted on this device, newest first, with where
// each stands, and with which of its families are not in the queue, and why
// (BatchFamily.NotQueued): what a supervisor kept out is to be submitted again.
func (u *User) Batches(ctx context.Context, limit int) ([]*ksv1.Batch, error) {
	return u.store.Batches(ctx, limit)
}
