package prokesga

import (
	"slices"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Version of the questionnaire in this package; a round keeps the one under
// which it was collected.
const Version = "PROKESGA-2016.1"

// Question is one register of the questionnaire: a field of a record that is
// asked for. A number on paper may have several (V.10b, V.11).
type Question struct {
	Number  Number
	Kind    ksv1.RecordKind
	Field   int32  // field number in the record's message
	Label   string // Indonesian, as on paper; "[nama]" is for the child's name
	Input   Input
	Options []Option // with ChoiceInput; shared, don't change
	Limits  Limits   // with NumberInput
	// Targets are the groups that are asked; one suffices. None: everybody, or
	// the household.
	Targets []Target
	// After is the answer, in the same record, without which the question is
	// skipped. Zero: never skipped.
	After    Condition
	Required bool   // entry is not finished without it
	Column   string // column of the national export; "" where it has none
	// value reads the register as a number, 0 where it is not answered; nil for
	// text. Only registers of rounds and individuals have it.
	value func(record) int64
}

// record is one of the two records that hold answers.
type record struct {
	round      *ksv1.Round
	individual *ksv1.Individual
}

// Input is how a question is answered.
type Input uint8

// The ways to answer.
const (
	ChoiceInput Input = iota + 1 // one of Options
	DateInput                    // "2024-05-17"
	NumberInput                  // whole number within Limits
	TextInput
	AgeInput    // stated age, in years or months
	MemberInput // another member of the family
)

// Option is one answer to choose; Value is the enum's number in the contract,
// which is the code on paper.
type Option struct {
	Value int32
	Label string
}

// Limits are the bounds of a number, both included.
type Limits struct{ Min, Max int64 }

// Condition asks for an answer to another question of the same record.
type Condition struct {
	Field  int32
	Answer ksv1.Answer
}

// Block is the block of the paper form, "I" to "V".
func (q Question) Block() string {
	for i := range len(q.Number) {
		if q.Number[i] == '.' {
			return string(q.Number[:i])
		}
	}
	return ""
}

// OptionLabel is the label of an option; "" where there is no such option.
func (q Question) OptionLabel(value int32) string {
	for _, o := range q.Options {
		if o.Value == value {
			return o.Label
		}
	}
	return ""
}

// Questions lists the questionnaire in the order of the paper form, as a copy.
func Questions() []Question { return slices.Clone(questions) }

// Find is the question that fills a register; ok is false where none does.
func Find(kind ksv1.RecordKind, field int32) (q Question, ok bool) {
	if found := find(kind, field); found != nil {
		return *found, true
	}
	return Question{}, false
}

func find(kind ksv1.RecordKind, field int32) *Question {
	for i := range questions {
		if questions[i].Kind == kind && questions[i].Field == field {
			return &questions[i]
		}
	}
	return nil
}

// questions is the whole form. It is never written to.
var questions = slices.Concat(placeQuestions, familyQuestions, collectorQuestions, memberQuestions, individualQuestions)
