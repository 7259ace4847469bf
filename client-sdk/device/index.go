package device

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/form"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/planted"
	"github.com/keluarga-sehat/sync/internal/review"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Summary is one line of a list: what is known of a family without opening it.
// Summaries live in memory from unlock to lock and are never written.
type Summary struct {
	ID                           merge.ID
	Village                      uint32
	Place                        area.Place
	HeadName                     string
	BuildingNumber, FamilyNumber string
	NKK                          uint64
	// MemberNames are the names of members who count.
	MemberNames []string
	// SurveyDate is that of the round counted for the nuclear family; "" where there is
	// none. That of all members may be another, which User.Index tells.
	SurveyDate string
	// Values are those of the rounds counted; 0 where there is none.
	Values iks.Packed
	// Removed: the family is not counted any more.
	Removed bool
	// Latest is the category (inti) that the family has by its latest round, counted or
	// not: whether anything is still to be asked. NoCategory: no round was begun.
	Latest iks.Category
	// LatestYear is the survey year of that round; 0: it has no survey date yet. Unsubmitted:
	// people collected or corrected it, and have not submitted it since (form.Unsubmitted).
	// Reopened: people changed the rest since the approval (form.Reopened). Both count what
	// is unsent.
	LatestYear            int
	Unsubmitted, Reopened bool
	// Draft: the latest round is not complete, be it that an earlier one counts.
	Draft bool
	// Unsent, Refused, Quarantined: own work stands so.
	Unsent, Refused, Quarantined bool
	// Conflicts is how many registers hold different values.
	Conflicts int
	// Review is where the family stands in review.
	Review ksv1.ReviewState
	// WaitingSinceMS is since when it has waited for a verdict, SubmittedBy the
	// account that submitted it last, DueDate until when a returned one is to be
	// submitted again.
	WaitingSinceMS uint64
	SubmittedBy    uint32
	DueDate        string
	// Doubles are flags of package review: what it shares with other families.
	Doubles int64
	// LastVisit is the outcome of the last visit, VisitYear its year, NextVisit the date
	// promised. SurveyedSince: the latest round was surveyed on a later day than that visit's.
	LastVisit     ksv1.VisitOutcome
	VisitYear     int
	NextVisit     string
	SurveyedSince bool

	// digest is that of the confirmed state; zero where there is none.
	digest merge.Digest
	// names is what a search looks in: the head's, then the members', a line each.
	// HeadName and MemberNames are parts of it, and take no memory of their own.
	names string
}

// index holds the summaries of all families, with the changes of the
// transaction under way apart.
type index struct {
	families map[merge.ID]*Summary
	staged   map[merge.ID]*Summary // nil value: to be taken out
	// sealed are those of staged whose summary lies in the file already.
	sealed map[merge.ID]bool
	// ordered are all families as lists show them; nil: to be ordered anew.
	ordered []*Summary
	// unconfirmed are the families of which the device has nothing but own work.
	unconfirmed map[merge.ID]bool
	// left are the families that left the scope since the unlock.
	left map[merge.ID]bool
	// loader keeps the memory in which families are assessed.
	loader iks.Loader
}

func newIndex() *index {
	return &index{
		families: map[merge.ID]*Summary{}, staged: map[merge.ID]*Summary{}, sealed: map[merge.ID]bool{},
		unconfirmed: map[merge.ID]bool{}, left: map[merge.ID]bool{},
	}
}

func (x *index) begin()    { x.rollback() }
func (x *index) rollback() { clear(x.staged); clear(x.sealed) }

func (x *index) commit() {
	x.reorder()
	for id, s := range x.staged {
		if s == nil {
			delete(x.families, id)
		} else {
			x.families[id] = s
		}
		if s != nil && s.digest == (merge.Digest{}) {
			x.unconfirmed[id] = true
		} else {
			delete(x.unconfirmed, id)
		}
	}
	x.rollback()
}

// unconfirmedNow are the families of which the device has nothing but own work, as
// of the transaction under way.
func (x *index) unconfirmedNow() []merge.ID {
	ids := make([]merge.ID, 0, len(x.unconfirmed))
	for id := range x.unconfirmed {
		if _, changed := x.staged[id]; !changed {
			ids = append(ids, id)
		}
	}
	for id, s := range x.staged {
		if s != nil && s.digest == (merge.Digest{}) {
			ids = append(ids, id)
		}
	}
	return ids
}

// reindex summarises a family anew within the transaction.
func (s *Store) reindex(ctx context.Context, tx *sql.Tx, id merge.ID) error {
	family, err := s.family(ctx, tx, id)
	if errors.Is(err, ErrNotFound) {
		s.index.staged[id] = nil
		return nil
	}
	if err != nil {
		return err
	}
	return s.index.stage(family)
}

// stage summarises a family as it is now.
func (x *index) stage(family *Family) error {
	shown, err := merge.View(&family.State)
	if err != nil {
		return err
	}
	return x.stageShown(family, shown)
}

// stageShown summarises a family of which it is known what it shows.
func (x *index) stageShown(family *Family, shown *ksv1.Household) error {
	summary, err := summarize(&x.loader, family, &merge.Glance{
		Household: shown, Conflicts: len(merge.Conflicts(&family.State)), Collected: merge.Collected(&family.State),
	})
	if err != nil {
		return err
	}
	x.staged[family.ID] = summary
	return nil
}

// reindexVillage summarises every family of a village anew.
func (s *Store) reindexVillage(ctx context.Context, tx *sql.Tx, village uint32) error {
	for id, summary := range s.index.families {
		if summary.Village == village {
			if err := s.reindex(ctx, tx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// summarize sums up a family from what it shows; of f it takes all but the
// state. The result keeps nothing of shown in memory.
func summarize(loader *iks.Loader, f *Family, shown *merge.Glance) (*Summary, error) {
	h := shown.Household
	place, err := placeIn(h)
	if err != nil {
		return nil, err
	}
	out := &Summary{
		ID: f.ID, Village: f.Village, Place: place,
		NKK:            h.GetFamily().GetNkk(),
		BuildingNumber: strings.Clone(h.GetFamily().GetBuildingNumber()), FamilyNumber: strings.Clone(h.GetFamily().GetFamilyNumber()),
		Removed: h.GetFamily().GetRemoval() != nil,
		Unsent:  f.Unsent, Refused: len(f.Refused) > 0, Quarantined: len(f.Quarantined) > 0,
		Conflicts: shown.Conflicts, Review: f.Review.GetState(), digest: f.digest,
		WaitingSinceMS: f.Review.GetWaitingSinceMs(), SubmittedBy: f.Review.GetSubmittedBy(), DueDate: f.Review.GetDueDate(),
		Doubles: review.Flags(h.GetFamilyId(), f.Review.GetDuplicates()),
	}
	names := []string{h.GetFamily().GetHeadName()}
	for _, m := range h.GetMembers() {
		if m.GetMember().GetRemoval() == nil {
			names = append(names, m.GetMember().GetName())
		}
	}
	out.setNames(joinNames(names))
	assessment := loader.Assess(h, iks.AnyYear)
	if assessment.Counts() {
		out.Values = assessment.Packed()
		out.SurveyDate = assessment.Inti.SurveyDate.String()
	}
	latest := loader.Latest(h)
	if latest.Besar.Round >= 0 {
		round := h.GetRounds()[latest.Besar.Round]
		out.Latest, out.Draft = latest.Inti.Category, !latest.Besar.Category.Complete()
		out.LatestYear = form.YearOf(round.GetRound().GetSurveyDate())
		ahead, err := f.reviewAhead()
		if err != nil {
			return nil, err
		}
		out.Unsubmitted = form.Unsubmitted(round.GetRoundId(), shown.Collected, ahead)
		out.Reopened = form.Reopened(round.GetRoundId(), ahead)
	}
	if n := len(h.GetVisits()); n > 0 {
		last := h.GetVisits()[n-1].GetVisit()
		out.LastVisit, out.NextVisit = last.GetOutcome(), strings.Clone(last.GetNextVisitDate())
		out.VisitYear, out.SurveyedSince = form.YearOf(last.GetDate()), form.SurveyedSince(last, latest)
	}
	return out, nil
}

// reviewAhead is Review as the changes that are unsent will make it: they re-open what was
// approved. Errors: of merge.KeyOfWrite.
func (f *Family) reviewAhead() (*ksv1.FamilyReview, error) {
	if len(f.unsent) == 0 || f.Review == nil {
		return f.Review, nil
	}
	var changes []*ksv1.ReviewChange
	var authors []uint32
	for _, c := range f.unsent {
		authors = append(authors, c.GetAuthor())
		for _, w := range c.GetWrites() {
			key, err := merge.KeyOfWrite(w)
			if err != nil {
				return nil, fmt.Errorf("own change: %w", err)
			}
			changes = append(changes, &ksv1.ReviewChange{Kind: key.Kind, RecordId: key.Record.String()})
		}
	}
	return review.Change(f.Review, append(changes, f.Review.GetChanges()...), authors, review.Step{}), nil
}

// Query bounds a list of families. The zero value lists everything.
type Query struct {
	// Village and Place bound the area; Place counts only with a village.
	Village uint32
	Place   *area.Place
	// Text is looked for in names, No. KK and building number; blanks separate
	// words that must all be found.
	Text string
	// IncludeRemoved also lists families that are not counted any more.
	IncludeRemoved bool
	// Keep, where it is set, leaves out what it says no to. It must not call the
	// user's methods, which would wait for the list for ever, nor keep what it is shown.
	Keep func(*Summary) bool
	// Offset and Limit page the list; Limit 0 means DefaultPage, 100.
	Offset, Limit int
}

// DefaultPage is how many families a page has where the query doesn't say.
const DefaultPage = 100

// Families lists by village, place, house number, family number, id. The
// second result is how many there are in all.
func (s *Store) Families(q Query) ([]Summary, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	planted.Step(planted.DeviceAtSearch)
	words := strings.Fields(strings.ToLower(q.Text))
	var found []*Summary
	for _, f := range s.index.inOrder() {
		if q.matches(f, words) {
			found = append(found, f)
		}
	}
	total := len(found)
	found = found[min(max(q.Offset, 0), total):]
	limit := q.Limit
	if limit <= 0 {
		limit = DefaultPage
	}
	out := make([]Summary, 0, min(limit, len(found)))
	for _, f := range found[:min(limit, len(found))] {
		out = append(out, *f)
	}
	return out, total
}

// Summary is the line of one family; ok is false where it is not here.
func (s *Store) Summary(id merge.ID) (summary Summary, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.index.families[id]
	if !ok {
		return Summary{}, false
	}
	return *f, true
}

func (q *Query) matches(f *Summary, words []string) bool {
	if q.Village != 0 && (f.Village != q.Village || q.Place != nil && f.Place != *q.Place) {
		return false
	}
	if f.Removed && !q.IncludeRemoved {
		return false
	}
	for _, w := range words {
		if !f.contains(w) {
			return false
		}
	}
	return q.Keep == nil || q.Keep(f)
}

func compareSummaries(a, b *Summary) int {
	switch {
	case a.Village != b.Village:
		return int(a.Village) - int(b.Village)
	case a.Place != b.Place:
		return int(a.Place) - int(b.Place)
	}
	if c := compareNumbers(a.BuildingNumber, b.BuildingNumber); c != 0 {
		return c
	}
	if c := compareNumbers(a.FamilyNumber, b.FamilyNumber); c != 0 {
		return c
	}
	return slices.Compare(a.ID[:], b.ID[:])
}

// compareNumbers orders house numbers as people do: 2 before 12 before 12A.
func compareNumbers(a, b string) int {
	da, db := leadingDigits(a), leadingDigits(b)
	if len(da) != len(db) {
		return len(da) - len(db)
	}
	return strings.Compare(a, b)
}

func leadingDigits(s string) string {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return strings.TrimLeft(s[:i], "0")
}
