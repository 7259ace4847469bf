package prokesga

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestQuestionnaireReadsAsOnPaper compares the whole form, as text, with the
// copy in testdata that was checked against the paper form word by word.
func TestQuestionnaireReadsAsOnPaper(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for _, q := range Questions() {
		fmt.Fprintf(&text, "%s  %s\n", q.Number, q.Label)
		for _, target := range q.Targets {
			fmt.Fprintf(&text, "    ditanyakan kepada %s\n", target)
		}
		if q.After != (Condition{}) {
			fmt.Fprintf(&text, "    %s\n", q.why(nil))
		}
		for _, o := range q.Options {
			fmt.Fprintf(&text, "    %d %s\n", o.Value, o.Label)
		}
		fmt.Fprintf(&text, "    %s.%d  %s\n", strings.TrimPrefix(q.Kind.String(), "RECORD_KIND_"), q.Field, q.Column)
	}
	const golden = "testdata/questionnaire.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if text.String() != string(want) {
		t.Errorf("the questionnaire differs from %s:\n%s", golden, text.String())
	}
}

// TestEveryAnswerHasOneQuestion holds contract and questionnaire together: each
// coded field of rounds and individuals is asked for once, in the right form.
func TestEveryAnswerHasOneQuestion(t *testing.T) {
	t.Parallel()
	asked := map[[2]int32]int{}
	for _, q := range Questions() {
		asked[[2]int32{int32(q.Kind), q.Field}]++
		fd := newRecord(q.Kind).ProtoReflect().Descriptor().Fields().ByNumber(protoreflect.FieldNumber(q.Field))
		if fd == nil {
			t.Errorf("%s asks for field %d of %s, which has none", q.Number, q.Field, q.Kind)
			continue
		}
		if (q.Input == ChoiceInput) != (fd.Kind() == protoreflect.EnumKind) {
			t.Errorf("%s: input %d for a field of kind %s", q.Number, q.Input, fd.Kind())
		}
		for _, o := range q.Options {
			if fd.Enum().Values().ByNumber(protoreflect.EnumNumber(o.Value)) == nil {
				t.Errorf("%s: option %d is not in %s", q.Number, o.Value, fd.Enum().FullName())
			}
		}
		if q.Input == ChoiceInput && len(q.Options) != fd.Enum().Values().Len()-1 {
			t.Errorf("%s: %d options, the contract has %d", q.Number, len(q.Options), fd.Enum().Values().Len()-1)
		}
	}
	for _, kind := range []ksv1.RecordKind{inMember, inRound, inIndividual} {
		fields := newRecord(kind).ProtoReflect().Descriptor().Fields()
		for i := range fields.Len() {
			fd := fields.Get(i)
			numbered := fd.Kind() == protoreflect.EnumKind || fd.Kind() == protoreflect.Uint32Kind
			if n := asked[[2]int32{int32(kind), int32(fd.Number())}]; numbered && n != 1 && fd.Name() != "nik_status" {
				t.Errorf("%s is asked for %d times", fd.FullName(), n)
			}
		}
	}
}

// TestQuestionsReadTheirOwnField sets each field of a record alone and looks
// which questions see it.
func TestQuestionsReadTheirOwnField(t *testing.T) {
	t.Parallel()
	for _, q := range Questions() {
		if q.value == nil {
			continue
		}
		message := newRecord(q.Kind)
		reflected := message.ProtoReflect()
		fd := reflected.Descriptor().Fields().ByNumber(protoreflect.FieldNumber(q.Field))
		if fd.Kind() == protoreflect.EnumKind {
			reflected.Set(fd, protoreflect.ValueOfEnum(2))
		} else {
			reflected.Set(fd, protoreflect.ValueOfUint32(2))
		}
		var r record
		switch m := message.(type) {
		case *ksv1.Round:
			r.round = m
		case *ksv1.Individual:
			r.individual = m
		}
		for _, other := range Questions() {
			if other.Kind != q.Kind || other.value == nil {
				continue
			}
			if got := other.value(r); (got == 2) != (other.Field == q.Field) {
				t.Errorf("with field %d set, %s (field %d) reads %d", q.Field, other.Number, other.Field, got)
			}
		}
	}
}

func TestSkipsFollowAQuestionOfTheSameRecord(t *testing.T) {
	t.Parallel()
	for _, q := range Questions() {
		if q.After == (Condition{}) {
			continue
		}
		before, ok := Find(q.Kind, q.After.Field)
		if !ok || before.value == nil || before.OptionLabel(int32(q.After.Answer)) == "" {
			t.Errorf("%s follows field %d, which is no question with that answer", q.Number, q.After.Field)
		}
	}
}

// byNumber lists the registers that a number on paper fills, in order; none where there
// is no such number.
func byNumber(number Number) []Question {
	return slices.DeleteFunc(Questions(), func(q Question) bool { return q.Number != number })
}

func TestQuestionsAreFoundByRegister(t *testing.T) {
	t.Parallel()
	if got := byNumber(QBPResult); len(got) != 2 || got[0].Field != 19 || got[1].Field != 20 || got[0].Block() != "V" {
		t.Errorf("V.10b: %v", got)
	}
	if q, ok := Find(inRound, 9); !ok || q.Number != QRestrained || q.Block() != "II" {
		t.Errorf("round, field 9: %v", q)
	}
	if _, ok := Find(inRound, 99); ok {
		t.Error("round, field 99 is a question")
	}
}

func TestTargetsHaveTheBoundsOfTheRules(t *testing.T) {
	t.Parallel()
	const female, male, married, single = ksv1.Sex_SEX_FEMALE, ksv1.Sex_SEX_MALE, ksv1.MaritalStatus_MARITAL_STATUS_MARRIED, ksv1.MaritalStatus_MARITAL_STATUS_SINGLE
	for _, c := range []struct {
		number Number
		person Person
		asked  bool
	}{
		{QInsurance, Person{AgeMonths: 0}, true},
		{QSmokes, Person{AgeMonths: AgeUnknown}, true},
		{QUsesToilet, Person{AgeMonths: 179}, false}, {QUsesToilet, Person{AgeMonths: 180}, true}, {QUsesToilet, Person{AgeMonths: AgeUnknown}, false},
		{QHypertension, Person{AgeMonths: 1200}, true},
		{QContraception, Person{AgeMonths: 119, Sex: female, Marital: married}, false},
		{QContraception, Person{AgeMonths: 120, Sex: female, Marital: married}, true},
		{QContraception, Person{AgeMonths: 659, Sex: female, Marital: married}, true},
		{QContraception, Person{AgeMonths: 660, Sex: female, Marital: married}, false},
		{QContraception, Person{AgeMonths: 360, Sex: female, Marital: married, Pregnant: ksv1.Answer_ANSWER_YA}, false},
		{QContraception, Person{AgeMonths: 360, Sex: female, Marital: single}, false},
		{QContraception, Person{AgeMonths: 119, Sex: male, Marital: married}, false},
		{QContraception, Person{AgeMonths: 1000, Sex: male, Marital: married}, true},
		{QContraception, Person{AgeMonths: 360, Sex: male, Marital: single}, false},
		{QPregnant, Person{AgeMonths: 119, Sex: female}, false}, {QPregnant, Person{AgeMonths: 120, Sex: female}, true},
		{QPregnant, Person{AgeMonths: 660, Sex: female}, false}, {QPregnant, Person{AgeMonths: 360, Sex: male}, false},
		{QBirthInFacility, Person{AgeMonths: 360, Sex: female}, false}, {QBirthInFacility, Person{AgeMonths: 360, Sex: female, MotherOfInfant: true}, true},
		{QBreastfeeding, Person{AgeMonths: 6}, false}, {QBreastfeeding, Person{AgeMonths: 7}, true}, {QBreastfeeding, Person{AgeMonths: 23}, true}, {QBreastfeeding, Person{AgeMonths: 24}, false},
		{QImmunisation, Person{AgeMonths: 11}, false}, {QImmunisation, Person{AgeMonths: 12}, true}, {QImmunisation, Person{AgeMonths: 23}, true}, {QImmunisation, Person{AgeMonths: 24}, false},
		{QGrowth, Person{AgeMonths: 1}, false}, {QGrowth, Person{AgeMonths: 2}, true}, {QGrowth, Person{AgeMonths: 59}, true}, {QGrowth, Person{AgeMonths: 60}, false},
		{QEducation, Person{AgeMonths: 59}, false}, {QEducation, Person{AgeMonths: 60}, true},
		{QWork, Person{AgeMonths: 119}, false}, {QWork, Person{AgeMonths: 120}, true},
	} {
		if got := byNumber(c.number)[0].targetOf(c.person) != nil; got != c.asked {
			t.Errorf("%s of %+v: asked %t, want %t", c.number, c.person, got, c.asked)
		}
	}
}

func TestABlankFormSaysForWhomAQuestionIs(t *testing.T) {
	t.Parallel()
	for number, want := range map[Number]string{
		QInsurance:      "",
		QTBMedicine:     "anggota keluarga 15 tahun ke atas; bila V.5 dijawab Ya",
		QContraception:  "wanita kawin 10–54 tahun yang tidak hamil, pria kawin 10 tahun ke atas",
		QToilet:         "",
		QMentalDisorder: "",
		QMentalMedicine: "bila II.7 dijawab Ya",
		QBreastfeeding:  "anggota keluarga 7–23 bulan",
	} {
		if got := byNumber(number)[0].Whom(); got != want {
			t.Errorf("%s is for %q, want %q", number, got, want)
		}
	}
}
