package review

import (
	"bytes"
	"encoding/base32"
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Why a decision on a double does not apply, beside StateChanged (the
// identifiers are others now) and AlreadyJudged (it stands so).
const (
	// LastLeft: all families that share the identifiers were closed as moved, so
	// this one stays: somewhere the family must live.
	LastLeft = "LAST_LEFT"
	// NoReason: a double is dismissed without a word why.
	NoReason = "NO_NOTE"
	// FamilyTooLarge: the family has no room for its closing (merge.RoomForCorrection).
	FamilyTooLarge = "FAMILY_TOO_LARGE"
	// OtherPartRefused: of a save of two families the part was refused by which the other gets
	// what this one gives away.
	OtherPartRefused = "OTHER_PART_REFUSED"
)

// maxHistory bounds the decisions that a family carries.
const maxHistory = 100

// The actions, short.
const (
	Dismiss   = ksv1.DuplicateAction_DUPLICATE_ACTION_DISMISS
	Undo      = ksv1.DuplicateAction_DUPLICATE_ACTION_UNDO
	LivesHere = ksv1.DuplicateAction_DUPLICATE_ACTION_LIVES_HERE
	Moved     = ksv1.DuplicateAction_DUPLICATE_ACTION_MOVED
	Unknown   = ksv1.DuplicateAction_DUPLICATE_ACTION_UNKNOWN
)

// Elsewhere tells whether a double lies in another Puskesmas.
func Elsewhere(d *ksv1.Double) bool { return d.GetOtherFamilyId() == "" }

// DecidedAt tells whether decisions on a double are kept with the family: always
// across Puskesmas; within one, with the lower id of the two.
func DecidedAt(family string, d *ksv1.Double) bool {
	return Elsewhere(d) || family < d.GetOtherFamilyId()
}

// LastAction is the last decision on a double; nil: none.
func LastAction(of *ksv1.FamilyDuplicates, token []byte) *ksv1.DuplicateRecord {
	for _, r := range slices.Backward(of.GetHistory()) {
		if Concerns(r, token) {
			return r
		}
	}
	return nil
}

// Concerns tells whether a decision was about a double.
func Concerns(r *ksv1.DuplicateRecord, token []byte) bool {
	return slices.ContainsFunc(r.GetTokens(), func(t []byte) bool { return bytes.Equal(t, token) })
}

// standing is the last decision on a double, where it is one on such a double: within one
// Puskesmas it is dismissed or not, across two it is answered. Its village may have come to
// another since.
func standing(of *ksv1.FamilyDuplicates, d *ksv1.Double) ksv1.DuplicateAction {
	last := LastAction(of, d.GetToken()).GetAction()
	if within := last == Dismiss || last == Undo; within == Elsewhere(d) {
		return ksv1.DuplicateAction_DUPLICATE_ACTION_UNSPECIFIED
	}
	return last
}

// DoubleState is where a double of a family stands.
func DoubleState(of *ksv1.FamilyDuplicates, d *ksv1.Double) ksv1.DuplicateState {
	switch standing(of, d) {
	case Dismiss:
		return ksv1.DuplicateState_DUPLICATE_STATE_DISMISSED
	case Moved:
		return ksv1.DuplicateState_DUPLICATE_STATE_MOVED
	case Unknown:
		return ksv1.DuplicateState_DUPLICATE_STATE_UNKNOWN
	case LivesHere:
		if d.GetWithDistrict() {
			return ksv1.DuplicateState_DUPLICATE_STATE_WITH_DISTRICT
		}
		return ksv1.DuplicateState_DUPLICATE_STATE_LIVES_HERE
	default:
		return ksv1.DuplicateState_DUPLICATE_STATE_OPEN
	}
}

// Flags of a family, as stores keep them in the clear.
const (
	// FlagOpen: a double is decided at this family, and open.
	FlagOpen = 1 << iota
	// FlagElsewhere: it shares with a family of another Puskesmas, and both count.
	FlagElsewhere
	// FlagDismissed: a double is decided at this family, and dismissed.
	FlagDismissed
	// FlagOther: a double is decided at the other family, or closed here as moved
	// and not gone from the index yet. A family without any flag has no double.
	FlagOther
)

// Flags are those of a family with an id (UUID text).
func Flags(family string, of *ksv1.FamilyDuplicates) (flags int64) {
	for _, d := range of.GetDoubles() {
		switch state := DoubleState(of, d); {
		case !DecidedAt(family, d):
			flags |= FlagOther
		case state == ksv1.DuplicateState_DUPLICATE_STATE_DISMISSED:
			flags |= FlagDismissed
		case state == ksv1.DuplicateState_DUPLICATE_STATE_OPEN && !Elsewhere(d):
			flags |= FlagOpen
		case state == ksv1.DuplicateState_DUPLICATE_STATE_MOVED:
			flags |= FlagOther
		case Elsewhere(d):
			flags |= FlagElsewhere
		}
	}
	return flags
}

// Tell is a family's duplicates once the index has found what it shares, and
// whether that is anything new. WithDistrict of what is found means that the
// other side says that its family lives there; it is shown only where this side
// says so too. Decisions stay, whatever is shared.
func Tell(before *ksv1.FamilyDuplicates, found []*ksv1.Double) (after *ksv1.FamilyDuplicates, changed bool) {
	after = &ksv1.FamilyDuplicates{History: before.GetHistory()}
	for _, d := range found {
		d = proto.CloneOf(d)
		d.WithDistrict = d.GetWithDistrict() && LastAction(before, d.GetToken()).GetAction() == LivesHere
		after.Doubles = append(after.Doubles, d)
	}
	slices.SortFunc(after.Doubles, func(a, b *ksv1.Double) int { return bytes.Compare(a.GetToken(), b.GetToken()) })
	if before == nil {
		return after, len(found) > 0
	}
	return after, !proto.Equal(before, after)
}

// DuplicateCase is a family as it stands before a decision on its doubles.
type DuplicateCase struct {
	// Family is its id (UUID text).
	Family     string
	Duplicates *ksv1.FamilyDuplicates
	// LastLeft: every other family of the doubles was closed as moved.
	LastLeft bool
}

// DuplicateRefusal says why a decision on doubles does not apply; "" where it
// does.
func DuplicateRefusal(p DuplicateCase, d *ksv1.ReviewDecision) string {
	asked := d.GetDuplicate()
	switch asked.GetAction() {
	case Dismiss, Undo:
		one := find(p.Duplicates, asked.GetTokens()[0])
		switch {
		case len(asked.GetTokens()) != 1 || one == nil || Elsewhere(one) || !DecidedAt(p.Family, one):
			return StateChanged
		case (DoubleState(p.Duplicates, one) == ksv1.DuplicateState_DUPLICATE_STATE_DISMISSED) == (asked.GetAction() == Dismiss):
			return AlreadyJudged
		case asked.GetAction() == Dismiss && d.GetNote() == "":
			return NoReason
		}
		return ""
	}
	now := TokensElsewhere(p.Duplicates)
	if len(now) == 0 || !slices.EqualFunc(now, sorted(asked.GetTokens()), bytes.Equal) {
		return StateChanged
	}
	same := true
	for _, token := range now {
		last := LastAction(p.Duplicates, token).GetAction()
		if last == Moved {
			return AlreadyJudged
		}
		same = same && last == asked.GetAction()
	}
	switch {
	case same:
		return AlreadyJudged
	case asked.GetAction() == Moved && p.LastLeft:
		return LastLeft
	}
	return ""
}

func find(of *ksv1.FamilyDuplicates, token []byte) *ksv1.Double {
	for _, d := range of.GetDoubles() {
		if bytes.Equal(d.GetToken(), token) {
			return d
		}
	}
	return nil
}

func sorted(tokens [][]byte) [][]byte { return slices.SortedFunc(slices.Values(tokens), bytes.Compare) }

// TokensElsewhere are the tokens of what a family shares with other Puskesmas,
// ascending: what an answer names.
func TokensElsewhere(of *ksv1.FamilyDuplicates) [][]byte {
	var out [][]byte
	for _, d := range of.GetDoubles() {
		if Elsewhere(d) {
			out = append(out, d.GetToken())
		}
	}
	return sorted(out)
}

// DecideDuplicate is a family's duplicates after a decision that applies.
func DecideDuplicate(before *ksv1.FamilyDuplicates, d *ksv1.ReviewDecision, s Step) *ksv1.FamilyDuplicates {
	after := proto.CloneOf(before)
	after.History = append(after.GetHistory(), &ksv1.DuplicateRecord{
		DecisionId: d.GetVerdictId(), Author: s.Account, DecidedAtMs: s.AtMS, Action: d.GetDuplicate().GetAction(), Note: d.GetNote(),
		Tokens: d.GetDuplicate().GetTokens(), Revision: s.Revision,
	})
	for _, double := range after.GetDoubles() {
		// Whether the other side says so too is told by the index, which looks next.
		double.WithDistrict = double.GetWithDistrict() && LastAction(after, double.GetToken()).GetAction() == LivesHere
	}
	for len(after.GetHistory()) > maxHistory {
		after.History = slices.Delete(after.History, leastWanted(after), leastWanted(after)+1)
	}
	return after
}

// leastWanted is the oldest decision that matters for nothing shared now; where
// all do, the oldest.
func leastWanted(of *ksv1.FamilyDuplicates) int {
	for i, r := range of.GetHistory() {
		matters := slices.ContainsFunc(r.GetTokens(), func(token []byte) bool {
			return find(of, token) != nil && LastAction(of, token) == r
		})
		if !matters {
			return i
		}
	}
	return 0
}

// ClosesFamily tells whether MOVED closes the family as a whole: where it is
// known elsewhere by the No. KK or by the NIK of its head (member id, UUID text).
// Otherwise single members have gone, such as a child who married: the family
// lives on without them.
func ClosesFamily(of *ksv1.FamilyDuplicates, head string) bool {
	for _, d := range of.GetDoubles() {
		for _, id := range d.GetShared() {
			if Elsewhere(d) && (id.GetMemberId() == "" || id.GetMemberId() == head) {
				return true
			}
		}
	}
	return false
}

// MembersElsewhere are the members (UUID text) who are known elsewhere by NIK.
func MembersElsewhere(of *ksv1.FamilyDuplicates) []string {
	var out []string
	for _, d := range of.GetDoubles() {
		for _, id := range d.GetShared() {
			if Elsewhere(d) && id.GetMemberId() != "" {
				out = append(out, id.GetMemberId())
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TokenSize is how many bytes name a double: enough that among millions of cases
// no two have a number.
const TokenSize = 10

// crockford is base 32 without letters that are read wrongly.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// CaseNumber is the number by which the district and both Puskesmas know a
// double: "3K7Q-Z9XT-RM40-7HPE".
func CaseNumber(token []byte) string {
	text := crockford.EncodeToString(token)
	out := ""
	for i := 0; i < len(text); i += 4 {
		out += "-" + text[i:min(i+4, len(text))]
	}
	return out[min(1, len(out)):]
}

// ForScope is a review without doubles of which the other family lies in the own
// Puskesmas, and outside what somebody covers.
func ForScope(r *ksv1.FamilyReview, covers func(village uint32, place area.Place) bool) *ksv1.FamilyReview {
	hidden := func(d *ksv1.Double) bool {
		place, err := area.ParsePlace(d.GetOtherPlace())
		return !Elsewhere(d) && (err != nil || !covers(d.GetOtherVillage(), place))
	}
	if !slices.ContainsFunc(r.GetDuplicates().GetDoubles(), hidden) {
		return r
	}
	r = proto.CloneOf(r)
	r.Duplicates.Doubles = slices.DeleteFunc(r.Duplicates.Doubles, hidden)
	return r
}
