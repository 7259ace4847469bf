package collection

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// SurveyorOf is the account to whose work a family counts: who opened the round
// that counts (besar); without one, who made the last visit. 0: nobody, or an
// import.
func SurveyorOf(state *merge.State, household *ksv1.Household, a iks.Assessment) uint32 {
	if a.Besar.Round >= 0 && a.Besar.Round < len(household.GetRounds()) {
		return authorOf(state, merge.KindRound, household.GetRounds()[a.Besar.Round].GetRoundId())
	}
	if n := len(household.GetVisits()); n > 0 {
		return authorOf(state, merge.KindVisit, household.GetVisits()[n-1].GetVisitId())
	}
	return 0
}

// authorOf is who opened a record.
func authorOf(state *merge.State, kind merge.Kind, text string) uint32 {
	id, err := merge.ParseID(text)
	if err != nil {
		return 0
	}
	_, author := merge.OpenedBy(state, merge.Key{Kind: kind, Record: id})
	return author
}

// Shares are a family's counts by whose work they are: accounts, 0 for nobody.
// Their sum is Of(f), but for houses with over 255 visits of one outcome.
type Shares map[uint32]Counts

// SharesOf gives each visit to who made it, and all else to the surveyor.
func SharesOf(f Family, surveyor uint32, state *merge.State) Shares {
	out := Shares{}
	out.add(surveyor, work(f))
	if f.Calls == 0 {
		return out
	}
	for i := range state.Records {
		rec := &state.Records[i]
		if rec.Key.Kind != merge.KindVisit {
			continue
		}
		if outcome := outcomeOf(rec); outcome >= 1 && outcome <= Outcomes {
			var one Counts
			one.addVisits(outcome, 1)
			_, author := merge.OpenedBy(state, rec.Key)
			out.add(author, one)
		}
	}
	return out
}

func (s Shares) add(account uint32, c Counts) {
	sum := s[account]
	sum.Add(c)
	if sum == (Counts{}) {
		delete(s, account)
		return
	}
	s[account] = sum
}

// Add adds the shares of another family.
func (s Shares) Add(o Shares) {
	for account, c := range o {
		s.add(account, c)
	}
}

// Sub takes them out again.
func (s Shares) Sub(o Shares) {
	for account, c := range o {
		var less Counts
		less.Sub(c)
		s.add(account, less)
	}
}

// fieldVisitOutcome is the number of Visit.outcome.
const fieldVisitOutcome protowire.Number = 6

// outcomeOf reads a visit's outcome out of its register: the one field that is
// needed of it.
func outcomeOf(rec *merge.Record) ksv1.VisitOutcome {
	r := rec.Register(fieldVisitOutcome)
	if r == nil {
		return ksv1.VisitOutcome_VISIT_OUTCOME_UNSPECIFIED
	}
	element := r.Shown().Element
	_, _, tag := protowire.ConsumeTag(element)
	if tag < 0 {
		return ksv1.VisitOutcome_VISIT_OUTCOME_UNSPECIFIED
	}
	n, size := protowire.ConsumeVarint(element[tag:])
	if size < 0 || n > Outcomes {
		return ksv1.VisitOutcome_VISIT_OUTCOME_UNSPECIFIED
	}
	return ksv1.VisitOutcome(n)
}
