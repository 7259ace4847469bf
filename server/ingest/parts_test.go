package ingest_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/merge"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
	"github.com/keluarga-sehat/sync/server/ingest"
)

const (
	applied     = ksv1.ReceiptStatus_RECEIPT_STATUS_APPLIED
	invalid     = ksv1.ReceiptStatus_RECEIPT_STATUS_INVALID
	quarantined = ksv1.ReceiptStatus_RECEIPT_STATUS_QUARANTINED
	committed   = ksv1.ReceiptStatus_RECEIPT_STATUS_DUPLICATE
)

// pair are a family that an import brought with a pressure of 301, and one into which a
// supervisor's device takes it over.
type pair struct {
	core          *ingest.Core
	village       uint32
	imported      *life
	kept          *life
	round, person merge.ID
}

func newPair(t *testing.T) *pair {
	t.Helper()
	core, village := newCore(t)
	p := &pair{core: core, village: village, imported: lifeIn(village, 100), kept: lifeIn(village, 200), round: merge.NewID(1, 1, 150), person: merge.NewID(1, 1, 151)}
	p.kept.clock.Incarnation = 2
	trusted := &ingest.Sender{Device: 1, Trusted: true, TakesImplausible: true}
	place := &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Siti")}
	imported := p.imported.edit(t, merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: place},
		merge.RecordEdit{Key: merge.Key{Kind: merge.KindRound, Record: p.round}, Set: &ksv1.Round{SurveyDate: proto.String("2024-02-03")}}, p.pressure(p.round, 301))
	p.send(t, trusted, imported, p.kept.save(t, proto.CloneOf(place)))
	return p
}

func (p *pair) pressure(round merge.ID, mmhg uint32) merge.RecordEdit {
	return merge.RecordEdit{Key: merge.Key{Kind: merge.KindIndividual, Record: round, Member: p.person}, Set: &ksv1.Individual{SystolicMmhg: &mmhg}}
}

// takeOver writes a pressure to the kept family, from a round of which it says where it was.
func (p *pair) takeOver(t *testing.T, round merge.ID, mmhg uint32) *ksv1.Change {
	t.Helper()
	c := p.kept.edit(t, p.pressure(round, mmhg), merge.RecordEdit{Key: merge.Key{Kind: merge.KindRound, Record: round}, Set: &ksv1.Round{
		SurveyDate: proto.String("2024-02-03"), Origin: &ksv1.Origin{Stamp: p.imported.clock.Last.Proto()},
	}})
	c.TakenFrom = []*ksv1.TakenFrom{{FamilyId: p.imported.state.Family[:], Village: p.village}}
	return c
}

// removal removes the imported family for the kept one, on the same device, as another part of
// the changes that take over.
func (p *pair) removal(t *testing.T, parts ...*ksv1.Change) *ksv1.Change {
	t.Helper()
	p.imported.clock = merge.Clock{Device: 1, Incarnation: 2, Last: p.kept.clock.Last}
	return partOf(p.imported.save(t, &ksv1.Family{Removal: &ksv1.Removal{
		Reason: ksv1.RemovalReason_REMOVAL_REASON_ENTERED_TWICE, KeptId: p.kept.state.Family.String(), Date: "2024-03-01",
	}}), parts...)
}

// partOf has a change name others as parts of its save.
func partOf(c *ksv1.Change, parts ...*ksv1.Change) *ksv1.Change {
	for _, part := range parts {
		c.OtherParts = append(c.OtherParts, part.GetId())
	}
	return c
}

// send commits a page, as sessions do.
func (p *pair) send(t *testing.T, s *ingest.Sender, changes ...*ksv1.Change) []ksv1.ReceiptStatus {
	t.Helper()
	var page []*ingest.Incoming
	for _, c := range changes {
		page = append(page, ingest.Prepare(proto.CloneOf(c), s, time.Now().UnixMilli()))
	}
	runs, err := ingest.Runs(t.Context(), p.core.Store, p.core.Vault, page)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]ksv1.ReceiptStatus, len(page))
	for _, r := range runs {
		receipts, _, err := p.core.Commit(t.Context(), r.Village, r.Batch)
		if err != nil {
			t.Fatal(err)
		}
		for i, at := range r.Positions {
			out[at] = receipts[i].GetStatus()
		}
	}
	return out
}

// Whatever a device says of where a round was: an implausible pressure is taken over from the
// family alone that it names, of the same round and as it is there, by who reviews families; and
// what is not taken over is not removed, in the same page or a later one.
func TestAnImplausiblePressureIsTakenOverFromWhereItIs(t *testing.T) {
	t.Parallel()
	reviewer := *collector
	reviewer.MayReview = true
	for name, c := range map[string]struct {
		takeOver func(t *testing.T, p *pair) *ksv1.Change
		sender   *ingest.Sender
		want     ksv1.ReceiptStatus
	}{
		"as it is":         {func(t *testing.T, p *pair) *ksv1.Change { return p.takeOver(t, p.round, 301) }, &reviewer, applied},
		"another value":    {func(t *testing.T, p *pair) *ksv1.Change { return p.takeOver(t, p.round, 999) }, &reviewer, invalid},
		"of another round": {func(t *testing.T, p *pair) *ksv1.Change { return p.takeOver(t, merge.NewID(1, 1, 152), 301) }, &reviewer, invalid},
		"from nowhere": {func(t *testing.T, p *pair) *ksv1.Change {
			c := p.takeOver(t, p.round, 301)
			c.TakenFrom[0].FamilyId = p.kept.state.Family[:]
			return c
		}, &reviewer, invalid},
		"by a surveyor": {func(t *testing.T, p *pair) *ksv1.Change { return p.takeOver(t, p.round, 301) }, collector, invalid},
	} {
		for _, pages := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s, %d pages", name, pages), func(t *testing.T) {
				t.Parallel()
				p := newPair(t)
				changes := []*ksv1.Change{c.takeOver(t, p)}
				changes = append(changes, p.removal(t, changes...))
				var got []ksv1.ReceiptStatus
				for page := range slices.Chunk(changes, 3-pages) {
					got = append(got, p.send(t, c.sender, page...)...)
				}
				for i := range got {
					if got[i] != c.want {
						t.Errorf("change %d: %s, want %s", i, got[i], c.want)
					}
				}
			})
		}
	}
}

// What one family gives to another is merged where all of it came, by whatever page, in whatever
// place among others; a part that has not come is as refused.
func TestWhatAFamilyGivesAwayWaitsForAllThatTheOtherGets(t *testing.T) {
	t.Parallel()
	reviewer := *collector
	reviewer.MayReview = true
	p := newPair(t)
	name := func(s string) *ksv1.Change { return p.kept.save(t, &ksv1.Family{HeadName: proto.String(s)}) }
	first, second, between := name("Sity"), name("Sita"), name("Sinta")
	removal := p.removal(t, first, second)
	check := func(want []ksv1.ReceiptStatus, changes ...*ksv1.Change) {
		t.Helper()
		if got := p.send(t, &reviewer, changes...); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
	check([]ksv1.ReceiptStatus{applied}, first)
	check([]ksv1.ReceiptStatus{invalid}, removal)
	check([]ksv1.ReceiptStatus{applied, applied, applied}, second, between, removal)
	check([]ksv1.ReceiptStatus{committed, committed}, second, removal)
}

// Where another life of the database has used the id of a part, that part is not merged: what
// gives away is to get another name with it.
func TestAPartOfWhichAnotherHasTheIDIsNotMerged(t *testing.T) {
	t.Parallel()
	reviewer := *collector
	reviewer.MayReview = true
	deposited := ingest.Sender{Device: 1, Deposited: true}
	for name, sender := range map[string]*ingest.Sender{"session": &reviewer, "deposit": &deposited} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t)
			part := p.kept.save(t, &ksv1.Family{HeadName: proto.String("Sity")})
			removal := p.removal(t, part)
			other := lifeIn(p.village, 900)
			other.clock.Incarnation = 2
			foreign := other.save(t, &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Lain")})
			foreign.Id = part.GetId()
			if got := p.send(t, &reviewer, foreign); got[0] != applied {
				t.Fatal(got)
			}
			forked := ksv1.ReceiptStatus_RECEIPT_STATUS_FORKED
			if got := p.send(t, sender, part, removal); got[0] != forked || got[1] != forked {
				t.Error(got)
			}
		})
	}
}

// What names more than any save has is refused before anything is looked up for it: in a file lie
// changes at whose form nobody has looked.
func TestWhatNamesTooMuchIsMalformed(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	deposited := &ingest.Sender{Device: 1, Deposited: true}
	parts, from := p.takeOver(t, p.round, 301), p.takeOver(t, p.round, 999)
	for n := range 65 {
		id := merge.NewID(1, 2, uint64(1000+n))
		parts.OtherParts = append(parts.OtherParts, id[:])
		from.TakenFrom = append(from.TakenFrom, &ksv1.TakenFrom{FamilyId: id[:], Village: p.village})
	}
	if got := p.send(t, deposited, parts, from); got[0] != invalid || got[1] != invalid {
		t.Error(got)
	}
}

// Who names a family of another's area does not find out by guesses what is implausible there.
func TestNothingIsTakenOverFromAnothersArea(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	reviewer := *collector
	reviewer.MayReview = true
	reviewer.Covers = func(_ uint32, place area.Place) bool { return place.String() == "003/007" }
	away, round := lifeIn(p.village, 500), merge.NewID(1, 1, 550)
	away.clock.Incarnation = 5
	trusted := &ingest.Sender{Device: 1, Trusted: true, TakesImplausible: true}
	p.send(t, trusted, away.edit(t, merge.RecordEdit{Key: merge.Key{Kind: merge.KindFamily}, Set: &ksv1.Family{Place: proto.String("003/008"), HeadName: proto.String("Ani")}},
		merge.RecordEdit{Key: merge.Key{Kind: merge.KindRound, Record: round}, Set: &ksv1.Round{SurveyDate: proto.String("2024-02-03")}}, p.pressure(round, 301)))
	c := p.takeOver(t, round, 301)
	c.TakenFrom[0].FamilyId = away.state.Family[:]
	if got := p.send(t, &reviewer, c); got[0] != invalid {
		t.Error(got)
	}
}

// A value that another has overtaken on the server is kept from a conflict all the same: both
// stand then.
func TestAnImplausiblePressureIsKeptThoughOvertakenSince(t *testing.T) {
	t.Parallel()
	p := newPair(t)
	before := *p.imported
	p.send(t, collector, p.imported.edit(t, p.pressure(p.round, 130)))
	before.clock.Incarnation = 7
	keep := p.pressure(p.round, 301)
	keep.Rewrite = append(keep.Rewrite, 19)
	if got := p.send(t, collector, before.edit(t, keep)); got[0] != applied {
		t.Error(got)
	}
	before.next += 10
	if got := p.send(t, collector, before.edit(t, p.pressure(p.round, 302))); got[0] != invalid {
		t.Error(got)
	}
}

// A split whose new family waits for a supervisor takes nobody out of the old one before, nor
// where that part was kept out.
func TestNobodyLeavesForAFamilyThatWaits(t *testing.T) {
	t.Parallel()
	for n, admitted := range []bool{true, false, true, false} {
		p := newPair(t)
		opens, leaves := p.splitThatWaits(t, 1+n/2)
		decide := func(c *ksv1.Change, admit bool) error {
			_, err := p.core.Decide(t.Context(), merge.ID(c.GetId()), ingest.Decision{Admit: admit, Supervisor: 2, Villages: []uint32{p.village}})
			return err
		}
		if err := decide(leaves, true); !errors.Is(err, ingest.ErrOtherPart) {
			t.Errorf("while the other part waits: %v", err)
		}
		if err := decide(opens, admitted); err != nil {
			t.Fatal(err)
		}
		if err := decide(leaves, true); errors.Is(err, ingest.ErrOtherPart) == admitted || !errors.Is(err, ingest.ErrOtherPart) && err != nil {
			t.Errorf("where the other part is admitted (%t): %v", admitted, err)
		}
		if !admitted {
			if err := decide(leaves, false); err != nil {
				t.Error(err)
			}
		}
	}
}

// splitThatWaits sends a split to a place that its author may not write to.
func (p *pair) splitThatWaits(t *testing.T, pages int) (opens, leaves *ksv1.Change) {
	t.Helper()
	made := &life{village: p.village, state: merge.State{Family: merge.NewID(1, 2, 300)}, clock: p.kept.clock, next: 300}
	opens = made.save(t, &ksv1.Family{Place: proto.String("003/008"), SplitFromId: proto.String(p.kept.state.Family.String())})
	p.kept.clock, p.kept.next = made.clock, 400
	leaves = partOf(p.kept.edit(t, merge.RecordEdit{Key: merge.Key{Kind: merge.KindMember, Member: p.person}, Set: &ksv1.Member{
		Removal:         &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2024-03-01"},
		MovedToFamilyId: proto.String(made.state.Family.String()),
	}}), opens)
	narrow := *collector
	narrow.Covers = func(_ uint32, place area.Place) bool { return place.String() == "003/007" }
	for page := range slices.Chunk([]*ksv1.Change{opens, leaves}, 3-pages) {
		if got := p.send(t, &narrow, page...); slices.ContainsFunc(got, func(s ksv1.ReceiptStatus) bool { return s != quarantined }) {
			t.Error(got)
		}
	}
	return opens, leaves
}
