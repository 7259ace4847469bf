package merge

import (
	"crypto/sha256"
	"errors"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const (
	// formerMemberField is Member.former_member_id.
	formerMemberField protowire.Number = 11
	// movedToField is Member.moved_to_family_id.
	movedToField protowire.Number = 13
)

// How much a change names of what it belongs to (Change.other_parts, Change.taken_from).
const (
	MaxOtherParts = 64
	MaxTakenFrom  = 16
)

// Errors of SplitOff.
var (
	// ErrNotMember: who is to leave is no member of the family, or no more.
	ErrNotMember = errors.New("no member of the family")
	// ErrNobodyStays: all members are to leave; the family moves, it does not split.
	ErrNobodyStays = errors.New("nobody stays in the family")
	// ErrNoFamily: members are known, but not their family, the change of which waits
	// for a decision or was lost with a device.
	ErrNoFamily = errors.New("the family itself is not known")
)

// Split is who leaves a family to keep house by themselves.
type Split struct {
	// From is the family that they leave.
	From ID
	// Family is the new one's id.
	Family ID
	// Persons leave; the first is head of the new family.
	Persons []Leaving
	// LastDay is the last day on which they belong to the old family,
	// "2024-05-16": rounds surveyed later don't count them there.
	LastDay string
	// BuildingNumber is where the new family lives; "": in the same building.
	// FamilyNumber is its number there; "": not known yet.
	BuildingNumber, FamilyNumber string
}

// Leaving is one person: their id in the old family, and in the new.
type Leaving struct{ Member, As ID }

// SplitID is the id of a family that splits off under a head, and of a member
// that goes there: whoever splits the same family under the same head makes the
// same family, so that two devices that do it unseen of each other do it once.
// It has the form of a name-based UUID, and holds no device.
func SplitID(from, of ID) ID {
	h := sha256.New()
	h.Write([]byte("keluarga-sehat/split"))
	h.Write(from[:])
	h.Write(of[:])
	var id ID
	copy(id[:], h.Sum(nil))
	id[6], id[8] = id[6]&0x0f|0x50, id[8]&0x3f|0x80
	return id
}

// SplitOff is what a split writes: opens is the new family, of the persons'
// identities and no answers; leaves takes them out of the old one, in which all
// that was asked of them stays. Errors: ErrNoFamily, ErrNotMember, ErrNobodyStays.
func SplitOff(h *ksv1.Household, s Split) (opens, leaves []RecordEdit, err error) {
	if h.GetFamily() == nil {
		return nil, nil, ErrNoFamily
	}
	if len(s.Persons) == 0 {
		return nil, nil, ErrNotMember
	}
	renamed := map[string]string{}
	for _, p := range s.Persons {
		renamed[p.Member.String()] = p.As.String()
	}
	if len(renamed) < len(s.Persons) {
		return nil, nil, ErrNotMember // somebody is named twice
	}
	if !slices.ContainsFunc(h.GetMembers(), func(m *ksv1.HouseholdMember) bool {
		_, leaves := renamed[m.GetMemberId()]
		return m.GetMember().GetRemoval() == nil && !leaves
	}) {
		return nil, nil, ErrNobodyStays
	}
	family := &ksv1.Family{
		Place: h.GetFamily().Place, PuskesmasCode: h.GetFamily().PuskesmasCode, BuildingNumber: h.GetFamily().BuildingNumber,
		Address: h.GetFamily().Address, SplitFromId: proto.String(s.From.String()),
	}
	if s.BuildingNumber != "" && s.BuildingNumber != h.GetFamily().GetBuildingNumber() {
		family.BuildingNumber, family.Address = proto.String(s.BuildingNumber), nil
	}
	if s.FamilyNumber != "" {
		family.FamilyNumber = proto.String(s.FamilyNumber)
	}
	opens = append(opens, RecordEdit{Key: Key{Kind: KindFamily}, Set: family})
	for i, p := range s.Persons {
		m := memberOf(h, p.Member)
		if m == nil || m.GetRemoval() != nil {
			return nil, nil, ErrNotMember
		}
		if i == 0 {
			family.HeadName = m.Name
		}
		opens = append(opens, RecordEdit{Key: Key{Kind: KindMember, Member: p.As}, Set: arriving(m, p, renamed, i+1)})
		leaves = append(leaves, RecordEdit{Key: Key{Kind: KindMember, Member: p.Member}, Set: &ksv1.Member{
			Removal:         &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_MOVED, Date: s.LastDay},
			MovedToFamilyId: proto.String(s.Family.String()),
		}})
	}
	return opens, leaves, nil
}

// arriving is a person as a member of the new family.
func arriving(m *ksv1.Member, p Leaving, renamed map[string]string, number int) *ksv1.Member {
	out := proto.CloneOf(m)
	out.FormerMemberId, out.Number = proto.String(p.Member.String()), proto.Uint32(uint32(number))
	out.MovedToFamilyId, out.SourceColumns = nil, nil
	mother := renamed[m.GetMotherId()]
	if out.MotherId = nil; mother != "" {
		out.MotherId = proto.String(mother)
	}
	return out
}

func memberOf(h *ksv1.Household, id ID) *ksv1.Member { return memberNamed(h, id.String()) }

func memberNamed(h *ksv1.Household, id string) *ksv1.Member {
	for _, m := range h.GetMembers() {
		if m.GetMemberId() == id {
			return m.GetMember()
		}
	}
	return nil
}

// Reopen takes back, in a family that a split opens once more, that it or those
// who go there had been removed: a split that was undone is made again. Who has gone on
// from there to a family of their own stays in that.
func Reopen(h *ksv1.Household, edits []RecordEdit) []RecordEdit {
	edits = slices.DeleteFunc(edits, func(e RecordEdit) bool {
		return e.Key.Kind == KindMember && memberOf(h, e.Key.Member).GetMovedToFamilyId() != ""
	})
	for i := range edits {
		switch edits[i].Key.Kind {
		case KindFamily:
			if h.GetFamily().GetRemoval() != nil {
				edits[i].Clear = append(edits[i].Clear, familyRemovalField)
			}
		case KindMember:
			if memberOf(h, edits[i].Key.Member).GetRemoval() != nil {
				edits[i].Clear = append(edits[i].Clear, memberRemovalField)
			}
		}
	}
	return edits
}

// LeavesFamily tells whether a change takes somebody out of its family by a split.
func LeavesFamily(c *ksv1.Change) bool {
	return slices.ContainsFunc(c.GetWrites(), func(w *ksv1.Write) bool {
		return w.GetKind() == KindMember && fieldOf(w, movedToField) != nil
	})
}

// fieldOf is the wire form of a field in a write; nil where the write has none, or can't be read.
func fieldOf(w *ksv1.Write, field protowire.Number) (out []byte) {
	err := eachField(w.GetFields(), func(e Element) {
		if e.Field == field {
			out = e.Bytes
		}
	})
	if err != nil {
		return nil
	}
	return out
}

// LeadsTo are the families that a change says have what was its own family's: the one that it
// removes this for, and those for which members leave it. What they get is saved before it.
func LeadsTo(c *ksv1.Change) (out []ID) {
	add := func(text string) {
		if id, err := ParseID(text); err == nil && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	for _, w := range c.GetWrites() {
		switch w.GetKind() {
		case KindFamily:
			if removal := fieldOf(w, familyRemovalField); removal != nil {
				add(removalIn(removal).GetKeptId())
			}
		case KindMember:
			if to := fieldOf(w, movedToField); to != nil {
				_, _, n := protowire.ConsumeTag(to)
				if text, m := protowire.ConsumeBytes(to[n:]); m >= 0 {
					add(string(text))
				}
			}
		}
	}
	return out
}

// WithoutLeaving is what a change says beside what it gives to other families (LeadsTo), of
// which it names no other parts then; no writes: nothing. Errors: ErrMalformedChange.
func WithoutLeaving(c *ksv1.Change) (*ksv1.Change, error) {
	left := proto.CloneOf(c)
	left.OtherParts, left.Writes = nil, nil
	for _, w := range c.GetWrites() {
		if len(LeadsTo(&ksv1.Change{Writes: []*ksv1.Write{w}})) > 0 {
			fields := []protowire.Number{removalField(w.GetKind())}
			if w.GetKind() == KindMember {
				fields = append(fields, movedToField)
			}
			w = proto.CloneOf(w)
			if err := dropFields(w, fields); err != nil {
				return nil, err
			}
		}
		if len(w.GetFields()) > 0 || len(w.GetCleared()) > 0 {
			left.Writes = append(left.Writes, w)
		}
	}
	return left, nil
}

// CameBySplit tells whether a state says of a member from whom they come by a split, or from
// where the family (member zero).
func CameBySplit(s *State, member ID) bool {
	key, field := Key{Kind: KindFamily}, splitFromField
	if !member.IsZero() {
		key, field = Key{Kind: KindMember, Member: member}, formerMemberField
	}
	rec := s.Record(key)
	return rec != nil && rec.Register(field) != nil
}
