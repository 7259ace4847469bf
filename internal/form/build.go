package form

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/keluarga-sehat/sync/internal/familyview"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// SpareIDs is how many fresh ids a form brings along: a page that uses one gets
// as many again with the answer.
const SpareIDs = 8

// Options are what a form needs beside the family.
type Options struct {
	// Check says what is noticed of the family.
	Check func(*ksv1.Household) []prokesga.Finding
	// NewID draws an id.
	NewID func() merge.ID
}

// Build is the form of a family by one round ("": the latest; a round that the
// family does not have: none was begun). Rounds from which the family withdrew are
// taken out of it: they are shown to nobody.
func Build(h *ksv1.Household, roundID string, o Options) *ksv1.Form {
	familyview.HideWithdrawn(h)
	out := &ksv1.Form{Household: h, SpareIds: Spare(o.NewID)}
	for _, f := range o.Check(h) {
		out.Findings = append(out.Findings, findingMessage(f))
	}
	round := roundOf(h, roundID)
	if round == nil {
		out.People = people(h, &ksv1.HouseholdRound{}, nil)
		return out
	}
	out.RoundId = round.GetRoundId()
	asked := prokesga.Form(h, round)
	for i := range asked {
		out.Questions = append(out.Questions, questionMessage(&asked[i]))
	}
	out.People = people(h, round, asked)
	out.Inti, out.Besar = indexMessage(h, round, iks.Inti), indexMessage(h, round, iks.Besar)
	out.Advice = advice(h, round)
	return out
}

// Spare draws the fresh ids that go along with a form.
func Spare(newID func() merge.ID) []string {
	ids := make([]string, SpareIDs)
	for i := range ids {
		ids[i] = newID().String()
	}
	return ids
}

// roundOf finds a round that was not withdrawn; "" is the latest.
func roundOf(h *ksv1.Household, id string) *ksv1.HouseholdRound {
	for _, r := range slices.Backward(h.GetRounds()) {
		if r.GetRound().GetWithdrawal() == nil && (id == "" || id == r.GetRoundId()) {
			return r
		}
	}
	return nil
}

// Questionnaire is the whole of it, as for a blank form on paper: each question
// says for whom it is.
func Questionnaire() []*ksv1.FormQuestion {
	var out []*ksv1.FormQuestion
	for _, q := range prokesga.Questions() {
		out = append(out, questionMessage(&prokesga.Asked{Question: q, Label: q.Label, Why: q.Whom()}))
	}
	return out
}

var inputs = map[prokesga.Input]ksv1.FormInput{
	prokesga.ChoiceInput: ksv1.FormInput_FORM_INPUT_CHOICE, prokesga.DateInput: ksv1.FormInput_FORM_INPUT_DATE,
	prokesga.NumberInput: ksv1.FormInput_FORM_INPUT_NUMBER, prokesga.TextInput: ksv1.FormInput_FORM_INPUT_TEXT,
	prokesga.AgeInput: ksv1.FormInput_FORM_INPUT_AGE, prokesga.MemberInput: ksv1.FormInput_FORM_INPUT_MEMBER,
}

func questionMessage(a *prokesga.Asked) *ksv1.FormQuestion {
	q := &a.Question
	m := &ksv1.FormQuestion{
		Number: string(q.Number), Block: q.Block(), Kind: q.Kind, MemberId: a.MemberID, Label: a.Label, Why: a.Why,
		Input: inputs[q.Input], Min: q.Limits.Min, Max: q.Limits.Max, Required: q.Required, Answered: a.Answered,
	}
	field := fieldOf(q.Kind, q.Field)
	if field == nil {
		return m
	}
	m.Field = field.JSONName()
	for _, o := range q.Options {
		m.Options = append(m.Options, &ksv1.FormOption{Value: enumName(field, o.Value), Label: o.Label, Code: o.Value})
	}
	return m
}

// fieldOf is a register's field in the record's message; nil: it has none.
func fieldOf(kind ksv1.RecordKind, number int32) protoreflect.FieldDescriptor {
	record := merge.NewRecord(merge.Kind(kind))
	if record == nil {
		return nil
	}
	return record.ProtoReflect().Descriptor().Fields().ByNumber(protoreflect.FieldNumber(number))
}

// enumName is how JSON writes a value; Ya and Tidak of a boolean are true and
// false.
func enumName(field protoreflect.FieldDescriptor, value int32) string {
	if field.Enum() == nil {
		return fmt.Sprint(value == int32(ksv1.Answer_ANSWER_YA))
	}
	if v := field.Enum().Values().ByNumber(protoreflect.EnumNumber(value)); v != nil {
		return string(v.Name())
	}
	return ""
}

func findingMessage(f prokesga.Finding) *ksv1.FormFinding {
	m := &ksv1.FormFinding{
		Code: f.Code.String(), Error: f.Severity == prokesga.Error, Kind: f.Kind, RecordId: f.RecordID, MemberId: f.MemberID,
		Question: string(f.Question), Message: f.Message,
	}
	if field := fieldOf(f.Kind, f.Field); field != nil {
		m.Field = field.JSONName()
	}
	return m
}

// Findings are findings as a form tells them.
func Findings(list []prokesga.Finding) []*ksv1.FormFinding {
	var out []*ksv1.FormFinding
	for _, f := range list {
		out = append(out, findingMessage(f))
	}
	return out
}

// people are the members who count in a round, with what is still to be asked: also who
// died or moved after its survey date. Without a round, those who were not removed.
func people(h *ksv1.Household, round *ksv1.HouseholdRound, asked []prokesga.Asked) []*ksv1.FormPerson {
	survey, err := prokesga.ParseDate(round.GetRound().GetSurveyDate())
	if err != nil {
		survey = prokesga.Date{}
	}
	var out []*ksv1.FormPerson
	for _, m := range h.GetMembers() {
		removal := m.GetMember().GetRemoval()
		if prokesga.RemovedFrom(removal, survey) || removal != nil && round.GetRound() == nil {
			continue
		}
		p := &ksv1.FormPerson{MemberId: m.GetMemberId(), Name: m.GetMember().GetName(), Age: AgeText(m.GetMember(), survey)}
		for i := range asked {
			if asked[i].MemberID == m.GetMemberId() && !asked[i].Answered && awaited(&asked[i].Question, m.GetMember()) {
				p.Unanswered++
			}
		}
		for _, part := range round.GetIndividuals() {
			if part.GetMemberId() == m.GetMemberId() {
				p.Inti = prokesga.IsInti(part.GetIndividual().GetRelation())
			}
		}
		out = append(out, p)
	}
	return out
}

// awaited tells whether an interview is unfinished without an answer: all of
// Blok V, and of Blok IV what is required, what is chosen, and an age. Who has no
// NIK, or no mother among the members, has nothing to answer there.
func awaited(q *prokesga.Question, m *ksv1.Member) bool {
	if q.Input == prokesga.DateInput {
		return m.GetStatedAge() == nil
	}
	return q.Required || q.Input == prokesga.ChoiceInput || q.Block() == "V"
}

// AgeText is an age in words, "2 tahun 3 bulan", at a survey date; "" where it
// is not known.
func AgeText(m *ksv1.Member, survey prokesga.Date) string {
	months, estimated := prokesga.AgeMonths(m, survey)
	if months == prokesga.AgeUnknown {
		return ""
	}
	years, rest := months/12, months%12
	var text string
	switch {
	case years == 0:
		text = fmt.Sprintf("%d bulan", rest)
	case rest == 0:
		text = fmt.Sprintf("%d tahun", years)
	default:
		text = fmt.Sprintf("%d tahun %d bulan", years, rest)
	}
	if estimated {
		text += " (perkiraan)"
	}
	return text
}

var categories = map[iks.Category]ksv1.Category{
	iks.Sehat: ksv1.Category_CATEGORY_SEHAT, iks.PraSehat: ksv1.Category_CATEGORY_PRA_SEHAT, iks.TidakSehat: ksv1.Category_CATEGORY_TIDAK_SEHAT,
	iks.Incomplete: ksv1.Category_CATEGORY_BELUM_LENGKAP, iks.Undefined: ksv1.Category_CATEGORY_TIDAK_TERDEFINISI,
}

// CategoryOf is a category as the contract names it.
func CategoryOf(c iks.Category) ksv1.Category { return categories[c] }

func indexMessage(h *ksv1.Household, round *ksv1.HouseholdRound, basis iks.Basis) *ksv1.FormIndex {
	household, _ := iks.FromHousehold(h, round)
	values := household.Compute(basis)
	index := values.Index()
	m := &ksv1.FormIndex{Values: values.String(), Met: uint32(index.Y), Applicable: uint32(index.D), Category: categories[values.Category()]}
	if values.Category().Complete() {
		m.Iks = index.IKS3()
	}
	return m
}

// FieldPath names the register that a finding is about, in an error's field
// violation: "RECORD_KIND_INDIVIDUAL/<round>/<member>/smokes".
func FieldPath(f *ksv1.FormFinding) string {
	return f.GetKind().String() + "/" + f.GetRecordId() + "/" + f.GetMemberId() + "/" + f.GetField()
}
