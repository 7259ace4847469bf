package prokesga

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Asked is a question that applies, as a guided form shows it.
type Asked struct {
	Question Question
	MemberID string // "" for questions to the household
	Label    string // Question.Label with the child's name filled in
	Why      string // in Indonesian: the group it is for, the answer it follows; "" where it is for everybody
	Answered bool
}

// childName stands in a label for the name of the child asked about.
const childName = "[nama]"

// Form lists the questions that apply to a round as it stands, in the order of
// the paper form: Blok I to III, then Blok IV and V member by member. It
// changes with the answers: call it again after each. Removed and absent
// members are asked nothing; where an age is not known, the questions for age
// groups wait for it.
func Form(family *ksv1.Household, round *ksv1.HouseholdRound) []Asked {
	v := viewOf(family, round)
	var asked []Asked
	household := record{round: round.GetRound()}
	for i := range questions {
		switch q := &questions[i]; q.Kind {
		case inFamily:
			asked = append(asked, Asked{Question: *q, Label: q.Label, Answered: has(family.GetFamily(), q.Field)})
		case inRound:
			if q.follows(household) {
				asked = append(asked, Asked{Question: *q, Label: q.Label, Why: q.why(nil), Answered: q.answered(round.GetRound(), household)})
			}
		}
	}
	for i := range v.people {
		asked = append(asked, v.memberForm(&v.people[i])...)
	}
	return asked
}

func (v *view) memberForm(p *participant) []Asked {
	var asked []Asked
	answers := record{individual: p.part}
	for i := range questions {
		q := &questions[i]
		target := q.targetOf(p.person)
		if (q.Kind != inMember && q.Kind != inIndividual) || target == nil || !q.follows(answers) {
			continue
		}
		if q.Number == QStatedAge && p.member.GetBirthDate() != "" {
			continue
		}
		one := Asked{Question: *q, MemberID: p.id, Label: q.Label, Why: q.why(target)}
		if q.Kind == inMember {
			one.Answered = has(p.member, q.Field) || (q.Number == QNIK && p.member.NikStatus != nil)
		} else {
			one.Answered = q.answered(p.part, answers)
		}
		if q.Number == QBirthInFacility {
			one.Label = strings.ReplaceAll(q.Label, childName, v.childNames(p))
		}
		asked = append(asked, one)
	}
	return asked
}

// childNames joins the names of the infants that p is asked about; a child
// without a name yet is "bayi ini".
func (v *view) childNames(p *participant) string {
	var names []string
	for _, child := range v.childrenOf(p) {
		name := child.member.GetName()
		if name == "" {
			name = "bayi ini"
		}
		names = append(names, name)
	}
	return strings.Join(names, " dan ")
}

// follows reports whether the answer that the question depends on was given,
// and that one's own too: a question behind a skipped one is skipped.
func (q *Question) follows(r record) bool {
	if q.After == (Condition{}) {
		return true
	}
	before := find(q.Kind, q.After.Field)
	return before.value(r) == int64(q.After.Answer) && before.follows(r)
}

func (q *Question) answered(m protoreflect.ProtoMessage, r record) bool {
	if q.value != nil {
		return q.value(r) != 0
	}
	return has(m, q.Field)
}

func has(m protoreflect.ProtoMessage, field int32) bool {
	reflected := m.ProtoReflect()
	fd := reflected.Descriptor().Fields().ByNumber(protoreflect.FieldNumber(field))
	return fd != nil && reflected.Has(fd)
}

// Whom says on a blank form for whom the question is and after which answer it
// is asked: "anggota keluarga 15 tahun ke atas; bila V.5 dijawab Ya"; "" where it
// is for everybody.
func (q Question) Whom() string {
	var groups, parts []string
	for _, t := range q.Targets {
		if t != everybody {
			groups = append(groups, t.String())
		}
	}
	if len(groups) > 0 {
		parts = append(parts, strings.Join(groups, ", "))
	}
	if q.After != (Condition{}) {
		parts = append(parts, "bila "+q.after())
	}
	return strings.Join(parts, "; ")
}

// after names the answer that the question follows: "V.5 dijawab Ya".
func (q Question) after() string {
	before := find(q.Kind, q.After.Field)
	return string(before.Number) + " dijawab " + before.OptionLabel(int32(q.After.Answer))
}

// why says for whom the question is and what it follows: "anggota keluarga 15
// tahun ke atas; karena V.5 dijawab Ya".
func (q *Question) why(target *Target) string {
	var parts []string
	if target != nil && *target != everybody {
		parts = append(parts, target.String())
	}
	if q.After != (Condition{}) {
		parts = append(parts, "karena "+q.after())
	}
	return strings.Join(parts, "; ")
}
