package merge

import (
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Unite is what goes over from a family into the one that it is the same as:
// members who are not in the kept one, all rounds and all visits, under their
// own ids, and what the other tells of the family and its members that the kept one
// leaves open, who died or left included. Who is whom says match. Rounds of both
// stand side by side; the latest complete one counts, as always, and stay their
// surveyors' (Origin). What went over before stays as it is there, so that done again
// it has no second effect, but for what came to the other family unseen by who removed
// it: that takes its place. Who was whom is not kept but matched anew: of several of one
// name or number, of whom some died, left or are doubles, it may then still take another one
// for somebody. Errors: ErrMalformedID, and of View.
func Unite(kept *ksv1.Household, of *State) ([]RecordEdit, error) {
	other, err := View(of)
	if err != nil {
		return nil, err
	}
	there, err := Edits(kept)
	if err != nil {
		return nil, err
	}
	u := &union{kept: kept, other: other, of: of, late: newerIn(of), there: map[Key]proto.Message{}, same: map[string]string{}}
	for _, e := range there {
		u.there[e.Key] = e.Set
	}
	u.match()
	u.take(blanks(RecordEdit{Key: Key{Kind: KindFamily}}, kept.GetFamily(), other.GetFamily(), unitedFamily))
	if err := u.takeMembers(); err != nil {
		return nil, err
	}
	was, err := Edits(&ksv1.Household{Rounds: other.GetRounds(), Visits: other.GetVisits()})
	if err != nil {
		return nil, err
	}
	over, err := Edits(&ksv1.Household{Rounds: u.rounds(), Visits: other.GetVisits()})
	for i := range over {
		u.takeRecord(over[i], was[i].Key)
	}
	return u.edits, err
}

// CameLate tells whether something came to a family unseen by who removed it.
func CameLate(s *State) bool {
	late := lateIn(s)
	return slices.ContainsFunc(s.Records, func(r Record) bool {
		return slices.ContainsFunc(r.Registers, func(g Register) bool { return late(r.Key, g.Field) })
	})
}

// newerIn tells what of a family came late to it that is not itself a union's copy of what
// another family told.
func newerIn(s *State) func(Key, protowire.Number) bool {
	unions := map[Stamp]bool{}
	for key := range Origins(s) {
		unions[s.Record(key).find(originField(key.Kind)).Shown().Stamp] = true
	}
	late := lateIn(s)
	return func(key Key, field protowire.Number) bool {
		return late(key, field) && !unions[s.Record(key).find(field).Shown().Stamp]
	}
}

// lateIn tells which registers of a removed family are as who removed it had not seen them.
func lateIn(s *State) func(Key, protowire.Number) bool {
	removal := removalsOf(s)[ID{}]
	return func(key Key, field protowire.Number) bool {
		g := s.Record(key).find(field)
		return removal != nil && g != nil && removal.standsAgainst(key, g)
	}
}

// union is the making of one family of two.
type union struct {
	kept, other *ksv1.Household
	// of is the other's state.
	of *State
	// late tells what of the other takes the place of what the kept one has.
	late func(Key, protowire.Number) bool
	// there are the kept family's records.
	there map[Key]proto.Message
	// same tells who a member of the other family is in the kept one: under their own id
	// who goes over, or went before. Who was erased is not in it.
	same  map[string]string
	edits []RecordEdit
}

// take keeps an edit that says something.
func (u *union) take(e RecordEdit) {
	if proto.Size(e.Set) > 0 || len(e.Clear) > 0 {
		u.edits = append(u.edits, e)
	}
}

// takeRecord takes a round, a visit or a part in a round, which the other family has under a
// key of its own; of one that went over before only what is open there, or late.
func (u *union) takeRecord(e RecordEdit, was Key) {
	known := u.there[e.Key]
	switch {
	case reasonOf(memberOf(u.kept, e.Key.Member)) == erased:
		return
	case known == nil:
		if originField(e.Key.Kind) != 0 {
			e.Set = withOrigin(u.of, was, e.Set)
		}
		u.take(e)
		return
	}
	set := proto.Clone(e.Set).ProtoReflect()
	set.SetUnknown(nil)
	set.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		number := field.Number()
		// A refusal that is not there was taken back.
		open := !known.ProtoReflect().Has(field) && number != originField(e.Key.Kind) && !(e.Key.Kind == KindRound && number == roundWithdrawalField)
		if !open && !u.isLate(was, field, value, known) {
			set.Clear(field)
		}
		return true
	})
	e.Set = set.Interface()
	u.take(e)
}

// isLate tells whether a value of the other family takes the place of a known one.
func (u *union) isLate(was Key, field protoreflect.FieldDescriptor, value protoreflect.Value, known proto.Message) bool {
	return u.late(was, field.Number()) && !value.Equal(known.ProtoReflect().Get(field))
}

// takeMembers takes who is not in the kept family, and of who is what the other alone tells.
func (u *union) takeMembers() error {
	for _, m := range u.other.GetMembers() {
		id := u.same[m.GetMemberId()]
		if double := id != m.GetMemberId() && memberNamed(u.kept, m.GetMemberId()) != nil; id == "" || double {
			continue
		}
		member, err := ParseID(id)
		if err != nil {
			return err
		}
		key := Key{Kind: KindMember, Member: member}
		known, ok := u.there[key].(*ksv1.Member)
		if !ok {
			u.take(RecordEdit{Key: key, Set: u.arriving(m.GetMember())})
			continue
		}
		if reasonOf(known) == erased {
			continue
		}
		u.take(u.ofBoth(key, known, m))
	}
	return nil
}

// arriving is a member of the other family as one of the kept.
func (u *union) arriving(m *ksv1.Member) *ksv1.Member {
	out := proto.CloneOf(m)
	out.MotherId = u.renamed(out.MotherId)
	if id := out.GetRemoval().GetKeptId(); id != "" {
		out.Removal.KeptId = *u.renamed(&id)
	}
	return out
}

// ofBoth is what becomes of a member of the kept family who is also in the other.
func (u *union) ofBoth(key Key, known *ksv1.Member, m *ksv1.HouseholdMember) RecordEdit {
	e := blanks(RecordEdit{Key: key}, known, m.GetMember(), unitedMember)
	uniteStatedAges(&e, known, m.GetMember())
	set := e.Set.(*ksv1.Member)
	if mother := u.renamed(m.GetMember().MotherId); known.MotherId == nil && mother != nil && u.isMember(*mother) && *mother != key.Member.String() {
		set.MotherId = mother
	}
	if m.GetMemberId() == key.Member.String() {
		u.fillLate(&e, known, u.arriving(m.GetMember()))
	}
	was, is := departureOf(known), u.departure(key.Member.String(), known, m)
	if was == is {
		return e
	}
	for _, field := range []struct {
		number protowire.Number
		has    bool
	}{{memberRemovalField, is.removal != nil}, {movedToField, is.to != ""}} {
		if !field.has {
			e.Clear = append(e.Clear, field.number)
		}
	}
	if set.Removal = proto.CloneOf(is.removal); is.to != "" {
		set.MovedToFamilyId = proto.String(is.to)
	}
	return e
}

// fillLate adds to an edit of a member what came late of who went over before, but how they
// left.
func (u *union) fillLate(e *RecordEdit, known, m *ksv1.Member) {
	m.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		if number := field.Number(); number != memberRemovalField && number != movedToField && u.isLate(e.Key, field, value, known) {
			e.Set.ProtoReflect().Set(field, value)
			e.Clear = slices.DeleteFunc(e.Clear, func(n protowire.Number) bool { return n == number })
		}
		return true
	})
}

// renamed is a link to a member of the other family as one in the kept.
func (u *union) renamed(id *string) *string {
	if id == nil || u.same[*id] == "" {
		return id
	}
	return proto.String(u.same[*id])
}

// isMember tells whether somebody of the kept family, or who goes there, has an id.
func (u *union) isMember(id string) bool {
	return memberNamed(u.kept, id) != nil || u.same[id] == id
}

// rounds are the other family's, of the persons as the kept one names them. Entries of one
// round that were found to be one later stay as they are.
func (u *union) rounds() (out []*ksv1.HouseholdRound) {
	for _, r := range u.other.GetRounds() {
		round := &ksv1.HouseholdRound{RoundId: r.GetRoundId(), Round: r.GetRound()}
		met := map[string]bool{}
		for _, x := range r.GetIndividuals() {
			id := *u.renamed(&x.MemberId)
			if met[id] || hasPart(r, id) || u.wentOver(r, x) {
				id = x.GetMemberId()
			}
			met[id] = true
			part := proto.CloneOf(x.GetIndividual())
			part.SpouseId = u.renamed(part.SpouseId)
			round.Individuals = append(round.Individuals, &ksv1.HouseholdIndividual{MemberId: id, Individual: part})
		}
		out = append(out, round)
	}
	return out
}

func hasPart(r *ksv1.HouseholdRound, member string) bool {
	return slices.ContainsFunc(r.GetIndividuals(), func(x *ksv1.HouseholdIndividual) bool { return x.GetMemberId() == member })
}

// wentOver tells whether a part in a round is in the kept family under its own id.
func (u *union) wentOver(r *ksv1.HouseholdRound, x *ksv1.HouseholdIndividual) bool {
	round, err := ParseID(r.GetRoundId())
	if err != nil {
		return false
	}
	member, err := ParseID(x.GetMemberId())
	return err == nil && u.there[Key{Kind: KindIndividual, Record: round, Member: member}] != nil
}

// What the kept record gets of the other where it has nothing. In a group of fields the first
// is what counts: of two groups the one that has it, else the one that is there.
var (
	unitedFamily = [][]protoreflect.Name{{"nkk", "nkk_provisional", "nkk_status"}, {"address"}, {"head_name"}}
	unitedMember = [][]protoreflect.Name{{"name"}, {"nik", "nik_provisional", "nik_status"}, {"sex"}, {"birth_date", "stated_age", "stated_ages"}}
)

// blanks adds to an edit of the kept record what only the other one tells.
func blanks(e RecordEdit, kept, other proto.Message, groups [][]protoreflect.Name) RecordEdit {
	to, from := kept.ProtoReflect(), other.ProtoReflect()
	fields := to.Descriptor().Fields()
	set := from.New()
	for _, group := range groups {
		has := func(m protoreflect.Message) bool {
			return slices.ContainsFunc(group, func(name protoreflect.Name) bool { return m.Has(fields.ByName(name)) })
		}
		counts := fields.ByName(group[0])
		if to.Has(counts) || !from.Has(counts) && (has(to) || !has(from)) {
			continue
		}
		for _, name := range group {
			switch field := fields.ByName(name); {
			case from.Has(field):
				set.Set(field, from.Get(field))
			case to.Has(field):
				e.Clear = append(e.Clear, field.Number())
			}
		}
	}
	e.Set = set.Interface()
	return e
}

// StandAgain takes the removal of a family back.
func StandAgain() RecordEdit {
	return RecordEdit{Key: Key{Kind: KindFamily}, Set: &ksv1.Family{}, Clear: []protowire.Number{familyRemovalField}}
}
