package review

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// side is a family of the model: all share one number while they bear it.
type side struct {
	id        string
	puskesmas string
	counted   bool
	// number is what it is known by; those with the same share it.
	number int
	stands *ksv1.FamilyDuplicates
}

// town drives the machine of doubles as server and follower do: each side decides
// by what it was told, which may be old.
type town struct {
	sides    []*side
	closed   map[string]string // token: the family closed
	revision uint64
	// dismissed are tokens dismissed last, by the model.
	dismissed map[string]bool
}

func tokenOf(a, b *side) []byte {
	ids := []string{a.id, b.id}
	slices.Sort(ids)
	return fmt.Appendf(nil, "%s%s%08d", ids[0], ids[1], a.number)
}

func (w *town) step() Step {
	w.revision++
	return Step{Account: 7, AtMS: w.revision, Revision: w.revision}
}

// sharing are the families that count and share the number of one.
func (w *town) sharing(of *side) (out []*side) {
	for _, s := range w.sides {
		if s != of && s.counted && of.counted && s.number == of.number {
			out = append(out, s)
		}
	}
	return out
}

// Follow: the index looks at one family, whatever was told before.
func (w *town) Follow(t *rapid.T) { w.follow(rapid.SampledFrom(w.sides).Draw(t, "family")) }

func (w *town) follow(of *side) {
	var found []*ksv1.Double
	for _, other := range w.sharing(of) {
		d := &ksv1.Double{Token: tokenOf(of, other), Shared: []*ksv1.SharedIdentifier{{}}}
		if other.puskesmas == of.puskesmas {
			d.OtherFamilyId, d.OtherVillage, d.OtherPlace = other.id, 1, "001/001"
		} else {
			d.WithDistrict = LastAction(other.stands, d.Token).GetAction() == LivesHere
		}
		found = append(found, d)
	}
	if of.counted {
		for token, family := range w.closed {
			if family == of.id {
				delete(w.closed, token)
			}
		}
	}
	if after, changed := Tell(of.stands, found); changed {
		of.stands = after
	}
}

// Renumber: a number is corrected, or entered wrongly.
func (w *town) Renumber(t *rapid.T) {
	s := rapid.SampledFrom(w.sides).Draw(t, "family")
	s.number = rapid.IntRange(1, 2).Draw(t, "number")
}

// Rejoin: a village comes to another Puskesmas.
func (w *town) Rejoin(t *rapid.T) {
	s := rapid.SampledFrom(w.sides).Draw(t, "family")
	s.puskesmas = rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "puskesmas")
}

// Decide: somebody decides by what a family was told.
func (w *town) Decide(t *rapid.T) {
	s := rapid.SampledFrom(w.sides).Draw(t, "family")
	action := rapid.SampledFrom([]ksv1.DuplicateAction{Dismiss, Undo, LivesHere, Moved, Unknown}).Draw(t, "action")
	d := &ksv1.ReviewDecision{VerdictId: fmt.Sprint("d", w.revision), Note: rapid.SampledFrom([]string{"", "dua keluarga"}).Draw(t, "reason")}
	d.Duplicate = &ksv1.DuplicateDecision{Action: action, Tokens: TokensElsewhere(s.stands)}
	if doubles := s.stands.GetDoubles(); action == Dismiss || action == Undo {
		if len(doubles) == 0 {
			return
		}
		d.Duplicate.Tokens = [][]byte{rapid.SampledFrom(doubles).Draw(t, "double").GetToken()}
	}
	if !s.counted || DuplicateRefusal(DuplicateCase{Family: s.id, Duplicates: s.stands}, d) != "" {
		return
	}
	token := string(d.Duplicate.GetTokens()[0])
	for _, answered := range d.Duplicate.GetTokens() { // by whoever may have dismissed it before
		if ids := strings.TrimRight(string(answered[:2]), "0"); ids[:1] == s.id {
			w.dismissed[string(answered)] = false
		}
	}
	switch action {
	case Dismiss:
		if d.GetNote() == "" {
			t.Fatal("dismissed without a reason")
		}
		w.dismissed[token] = true
	case Undo:
		w.dismissed[token] = false
	case Moved:
		own := 0
		for _, token := range d.Duplicate.GetTokens() {
			if w.closed[string(token)] == "" {
				w.closed[string(token)] = s.id
			}
			if w.closed[string(token)] == s.id {
				own++
			}
		}
		if DuplicateRefusal(DuplicateCase{Family: s.id, Duplicates: s.stands, LastLeft: own == 0}, d) != "" {
			return
		}
		s.counted = false
	}
	s.stands = DecideDuplicate(s.stands, d, w.step())
}

// Check holds what is told against the model.
func (w *town) Check(t *rapid.T) {
	for _, s := range w.sides {
		if flags := Flags(s.id, s.stands); (flags != 0) != (len(s.stands.GetDoubles()) > 0) {
			t.Fatalf("%s has flags %d with %d doubles", s.id, flags, len(s.stands.GetDoubles()))
		}
		for _, d := range s.stands.GetDoubles() {
			state := DoubleState(s.stands, d)
			if Elsewhere(d) && (d.GetOtherVillage() != 0 || d.GetOtherPlace() != "" || state == ksv1.DuplicateState_DUPLICATE_STATE_DISMISSED) {
				t.Fatalf("%s is told of %v, %s", s.id, d, state)
			}
			if DecidedAt(s.id, d) && !Elsewhere(d) && w.dismissed[string(d.GetToken())] != (state == ksv1.DuplicateState_DUPLICATE_STATE_DISMISSED) {
				t.Fatalf("double of %s is %s, dismissed %v", s.id, state, w.dismissed[string(d.GetToken())])
			}
			if d.GetWithDistrict() && LastAction(s.stands, d.GetToken()).GetAction() != LivesHere {
				t.Fatalf("%s is told that the other side answered", s.id)
			}
		}
	}
}

// settle lets the index look at all, as often as anything is told.
func (w *town) settle() {
	for range 3 {
		for _, s := range w.sides {
			w.follow(s)
		}
	}
}

// Whoever answers what, by however old a list: one family of those that share a
// number is left, a dismissal stays until the number changes, and a case is with
// the district exactly where both sides live there.
func TestOfADoubleOneIsLeftAndNobodyIsToldOfTheOther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := &town{closed: map[string]string{}, dismissed: map[string]bool{}}
		for i, puskesmas := range []string{"a", "a", "b", "c"} {
			w.sides = append(w.sides, &side{id: fmt.Sprint(i + 1), puskesmas: puskesmas, counted: true, number: 1})
		}
		t.Repeat(map[string]func(*rapid.T){"": w.Check, "follow": w.Follow, "renumber": w.Renumber, "rejoin": w.Rejoin, "decide": w.Decide})
		w.settle()
		w.Check(t)
		for _, s := range w.sides {
			doubled := 0
			for _, d := range s.stands.GetDoubles() {
				other := w.sides[strings.IndexFunc("1234", func(r rune) bool { return string(r) != s.id && bytes.Contains(d.GetToken()[:2], []byte(string(r))) })]
				if Elsewhere(d) {
					doubled++
					both := LastAction(s.stands, d.GetToken()).GetAction() == LivesHere && LastAction(other.stands, d.GetToken()).GetAction() == LivesHere
					if both != d.GetWithDistrict() {
						t.Fatalf("with the district %v, both live there %v", d.GetWithDistrict(), both)
					}
				}
			}
			if want := Flags(s.id, s.stands)&FlagElsewhere != 0; want != (doubled > 0) {
				t.Fatalf("%s shares with %d elsewhere, flagged %v", s.id, doubled, want)
			}
		}
	})
}

// A double has a flag whatever was answered, also when the other family's village has come to
// another Puskesmas, or to the same, since: by that the family is found.
func TestADoubleHasAFlagWhateverWasAnswered(t *testing.T) {
	t.Parallel()
	token := []byte("0123456789")
	for _, action := range []ksv1.DuplicateAction{Undo, Dismiss, LivesHere, Moved, Unknown} {
		for _, other := range []string{"", "1", "3"} {
			d := &ksv1.Double{Token: token, OtherFamilyId: other, Shared: []*ksv1.SharedIdentifier{{}}}
			told, _ := Tell(nil, []*ksv1.Double{d})
			told = DecideDuplicate(told, &ksv1.ReviewDecision{VerdictId: "d", Duplicate: &ksv1.DuplicateDecision{Action: action, Tokens: [][]byte{token}}}, Step{Account: 7, AtMS: 1, Revision: 1})
			if Flags("2", told) == 0 {
				t.Errorf("%s, and the other is %q: no flag", action, other)
			}
		}
	}
}

// The last answer of pindah is the one refused, with two and with three families.
func TestTheLastFamilyIsNotClosed(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 3} {
		w := &town{closed: map[string]string{}, dismissed: map[string]bool{}}
		for i := range n {
			w.sides = append(w.sides, &side{id: fmt.Sprint(i + 1), puskesmas: fmt.Sprint(i), counted: true, number: 1})
		}
		w.settle()
		for _, s := range w.sides {
			tokens := TokensElsewhere(s.stands)
			d := &ksv1.ReviewDecision{Duplicate: &ksv1.DuplicateDecision{Action: Moved, Tokens: tokens}}
			own := 0
			for _, token := range tokens {
				if _, taken := w.closed[string(token)]; !taken {
					w.closed[string(token)] = s.id
					own++
				}
			}
			reason := DuplicateRefusal(DuplicateCase{Family: s.id, Duplicates: s.stands, LastLeft: own == 0}, d)
			if last := s == w.sides[n-1]; last != (reason == LastLeft) {
				t.Errorf("of %d, family %s: %q", n, s.id, reason)
			}
		}
	}
}

func TestDecisionsThatMatterAreKeptThoughHistoryIsLong(t *testing.T) {
	t.Parallel()
	matters, gone := []byte("aaaaaaaaaa"), []byte("bbbbbbbbbb")
	of := &ksv1.FamilyDuplicates{Doubles: []*ksv1.Double{{Token: matters, OtherFamilyId: "2"}}}
	dismissal := &ksv1.ReviewDecision{Note: "dua", Duplicate: &ksv1.DuplicateDecision{Action: Dismiss, Tokens: [][]byte{matters}}}
	of = DecideDuplicate(of, dismissal, Step{})
	for range 2 * maxHistory {
		of = DecideDuplicate(of, &ksv1.ReviewDecision{Duplicate: &ksv1.DuplicateDecision{Action: Unknown, Tokens: [][]byte{gone}}}, Step{})
	}
	if n := len(of.GetHistory()); n != maxHistory || DoubleState(of, of.GetDoubles()[0]) != ksv1.DuplicateState_DUPLICATE_STATE_DISMISSED {
		t.Errorf("%d decisions, %s", n, DoubleState(of, of.GetDoubles()[0]))
	}
	if again, changed := Tell(of, of.GetDoubles()); changed || !proto.Equal(again, of) {
		t.Error("told the same, something is new")
	}
}
