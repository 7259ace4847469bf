package merge

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// handedOver is a device whose clock is off, on which the former user, device number 1, began
// a round of a family with one member, and who took it over, number 2, saw that and removed
// the member and told of a refusal.
type handedOver struct {
	former, next     *replica
	before           []*ksv1.Change // the former user's
	removal, refusal *ksv1.Change
}

var removedOne = Key{Kind: KindMember, Member: NewID(1, 10, 70)}

func handOver(t testing.TB, offMS uint64, saves int) *handedOver {
	t.Helper()
	h := &handedOver{former: newReplica(1), next: newReplica(2)}
	h.former.wall += offMS
	h.before = append(h.before, h.former.save(t,
		RecordEdit{Key: removedOne, Set: &ksv1.Member{Name: proto.String("Budi")}},
		RecordEdit{Key: inRound, Set: &ksv1.Round{SurveyDate: proto.String("2026-03-01"), QuestionnaireVersion: proto.String("1")}}))
	for i := range saves {
		h.former.wall += 1000
		h.before = append(h.before, h.former.save(t, RecordEdit{Key: removedOne, Set: &ksv1.Member{Number: proto.Uint32(uint32(i + 1))}}))
	}
	h.next.wall = h.former.wall + 1000
	for _, c := range h.before {
		h.next.receive(t, c)
	}
	h.removal = h.next.save(t, RecordEdit{Key: removedOne, Set: &ksv1.Member{Removal: &ksv1.Removal{
		Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: "2026-02-01", Seen: SeenOf(&h.next.state, removedOne.Member),
	}}})
	h.refusal = h.next.save(t, RecordEdit{Key: inRound, Set: &ksv1.Round{Withdrawal: &ksv1.Withdrawal{Date: "2026-03-01", Seen: SeenOf(&h.next.state, ID{})}}})
	return h
}

// goesOn is what the former user saves, who has not seen what was told meanwhile.
func (h *handedOver) goesOn(t testing.TB) []*ksv1.Change {
	h.former.wall += 2000
	return []*ksv1.Change{
		h.former.save(t, RecordEdit{Key: removedOne, Set: &ksv1.Member{Name: proto.String("Budi Santoso")}}),
		h.former.save(t, visitOn("2026-03-01", 8, ksv1.VisitOutcome_VISIT_OUTCOME_COMPLETED)),
	}
}

// told are both, which are stamped anew together.
func (h *handedOver) told() []*ksv1.Change { return []*ksv1.Change{h.removal, h.refusal} }

// listed are what a removal's or withdrawal's author had seen, as it stands in the change.
func listed(c *ksv1.Change) (out []Stamp) {
	for _, w := range c.GetWrites() {
		_ = rewriteSeen(w, func(seen []*ksv1.Stamp) []*ksv1.Stamp {
			for _, s := range seen {
				out = append(out, StampOf(s))
			}
			return seen
		})
	}
	return out
}

// Whatever the clock was off by, and whoever is stamped anew first: what was not seen stands
// against a removal, and is not lost to a refusal; and a change stays the same one.
func TestWhatIsStampedAnewHasSeenNothingThatComesLater(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		off := rapid.SampledFrom([]uint64{0, AheadLimitMS + 3_600_000, 864_000_000}).Draw(rt, "off")
		h := handOver(t, off, rapid.IntRange(0, 3).Draw(rt, "saves"))
		later := h.goesOn(t)
		theirs, told := append(h.before, later...), h.told()
		content := [][32]byte{ContentHash(told[0]), ContentHash(told[1])}
		if off > 0 {
			wall := uint64(1000)
			for _, first := range rapid.Permutation([]bool{true, false}).Draw(rt, "former user first") {
				wall += rapid.Uint64Range(1, 600_000).Draw(rt, "later")
				if byServer := rapid.Bool().Draw(rt, "from a file"); first {
					Restamp(theirs, clockOf(h.former, byServer), wall, Stamp{}, nil)
				} else {
					Restamp(told, clockOf(h.next, byServer), wall, Stamp{}, nil)
				}
			}
		}
		for i, c := range told {
			own, list := StampOf(c.GetStamp()), listed(c)
			if len(list) == 0 || ContentHash(c) != content[i] {
				rt.Fatalf("lists %v, and is the same: %t", list, ContentHash(c) == content[i])
			}
			for _, s := range list {
				if s.Compare(own) >= 0 {
					rt.Fatalf("stamped %v, has seen %v", own, s)
				}
			}
		}
		s := joinStates(t, append(theirs, told...))
		against := map[bool]int{}
		for _, c := range Conflicts(&s) {
			against[c.Key == removedOne && c.Field == 1 && c.Removal != nil]++
		}
		if against[true] != 1 || off == 0 && against[false] > 0 {
			rt.Fatalf("conflicts %+v", Conflicts(&s))
		}
		if s.Withdrawn(inRound.Record) {
			rt.Fatal("the completed round is gone")
		}
	})
}

// clockOf is whose by which work of a replica is stamped anew.
func clockOf(r *replica, byServer bool) *Clock {
	if byServer {
		return &Clock{}
	}
	return &r.clock
}

// All is in one file, as on one device: who told is still known to have seen what they saw.
func TestWhatIsStampedAnewTogetherWasSeenUnderItsNewName(t *testing.T) {
	t.Parallel()
	h := handOver(t, 864_000_000, 2)
	work := append(h.before, h.told()...)
	Restamp(work, &Clock{}, 1000, Stamp{}, nil)
	s := joinStates(t, work)
	if c := Conflicts(&s); len(c) > 0 || !s.Withdrawn(inRound.Record) || len(s.AnsweredUnseen()) > 0 {
		t.Errorf("conflicts %v, withdrawn %t, answered unseen %v", c, s.Withdrawn(inRound.Record), s.AnsweredUnseen())
	}
}

// A version that knew no better has given a change a new stamp, and left what it lists. Said
// again, the removal has not seen more.
func TestAListThatNamesWhatLiesAheadOfItsChangeTellsNothingOfThat(t *testing.T) {
	t.Parallel()
	h := handOver(t, 864_000_000, 0)
	fields := [][]byte{h.removal.GetWrites()[0].GetFields(), h.refusal.GetWrites()[0].GetFields()}
	Restamp(h.told(), &h.next.clock, 1000, Stamp{}, nil)
	h.removal.Writes[0].Fields, h.refusal.Writes[0].Fields = fields[0], fields[1]
	later := h.goesOn(t)
	Restamp(append(h.before, later...), &h.former.clock, 2000, Stamp{}, nil)
	s := joinStates(t, append(append(h.before, later...), h.told()...))
	stands := func(s *State) bool {
		for _, c := range Conflicts(s) {
			if c.Key == removedOne && c.Field == 1 && c.Removal != nil {
				return true
			}
		}
		return false
	}
	if !stands(&s) || s.Withdrawn(inRound.Record) {
		t.Errorf("conflicts %v, withdrawn %t", Conflicts(&s), s.Withdrawn(inRound.Record))
	}
	c, _, err := NewChange(&s, Stamp{TimeMS: 5000, Device: 3}, []RecordEdit{removalsOf(&s)[removedOne.Member].again(nil)})
	if err != nil {
		t.Fatal(err)
	}
	delta, err := FromChange(c)
	if err != nil {
		t.Fatal(err)
	}
	if s = Join(s, delta); !stands(&s) {
		t.Error("said again it has seen what it had not")
	}
}

// What was committed under another stamp is known to have been seen under that.
func TestListsNameAStampThatWasExchanged(t *testing.T) {
	t.Parallel()
	h := handOver(t, 864_000_000, 0)
	was, now := StampOf(h.before[0].GetStamp()), Stamp{TimeMS: 1000, Device: 1, Incarnation: 10}
	for _, c := range h.told() {
		if !RenameStamp(c, was, now) || RenameStamp(c, was, now) {
			t.Errorf("lists %v", listed(c))
		}
	}
	h.before[0].Stamp = now.Proto()
	s := joinStates(t, append(h.before, h.told()...))
	if c := Conflicts(&s); len(c) > 0 || !s.Withdrawn(inRound.Record) {
		t.Errorf("conflicts %v, withdrawn %t", c, s.Withdrawn(inRound.Record))
	}
}
