package prokesga

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const uuid = "0190b2f4-0000-8000-8000-000000000001"

func TestWriteIsRefusedForWhatIsWrongWithinItself(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		kind   ksv1.RecordKind
		record proto.Message
		want   []string // "CODE question"
	}{
		"nothing":            {inFamily, &ksv1.Family{}, nil},
		"a family":           {inFamily, &ksv1.Family{Place: proto.String("003/007"), PuskesmasCode: proto.String("P3204050101"), MovedTo: proto.String("32.04.05.2001"), Nkk: proto.Uint64(3204052005100001)}, nil},
		"a short place":      {inFamily, &ksv1.Family{Place: proto.String("3/7")}, []string{"BAD_FORM I.6"}},
		"a village undotted": {inFamily, &ksv1.Family{MovedTo: proto.String("3204052001")}, []string{"BAD_FORM "}},
		"a district":         {inFamily, &ksv1.Family{MovedFrom: proto.String("32.04")}, []string{"BAD_FORM "}},
		"a bad Puskesmas":    {inFamily, &ksv1.Family{PuskesmasCode: proto.String("P12")}, []string{"BAD_FORM "}},
		"15 digits of NKK":   {inFamily, &ksv1.Family{Nkk: proto.Uint64(320405200510000)}, []string{"OUT_OF_RANGE I.10"}},
		"15 digits of NIK":   {inMember, &ksv1.Member{Nik: proto.Uint64(320405170589001)}, []string{"OUT_OF_RANGE IV.2a"}},
		"17 digits of NIK":   {inMember, &ksv1.Member{Nik: proto.Uint64(32040517058900012)}, []string{"OUT_OF_RANGE IV.2a"}},
		"a member":           {inMember, &ksv1.Member{Name: proto.String("Sari"), BirthDate: proto.String("1994-02-28"), MotherId: proto.String(uuid), Number: proto.Uint32(2)}, nil},
		"member number 0":    {inMember, &ksv1.Member{Number: proto.Uint32(0)}, []string{"OUT_OF_RANGE IV.1"}},
		"30 February":        {inMember, &ksv1.Member{BirthDate: proto.String("1994-02-30")}, []string{"NOT_A_DATE IV.4"}},
		"a third sex":        {inMember, &ksv1.Member{Sex: ksv1.Sex(3).Enum()}, []string{"UNKNOWN_VALUE IV.6"}},
		"a link to a name":   {inMember, &ksv1.Member{MotherId: proto.String("Sari")}, []string{"BAD_FORM IV.4"}},
		"a name too long":    {inMember, &ksv1.Member{Name: proto.String(strings.Repeat("é", 201))}, []string{"TOO_LONG IV.2"}},
		"a name just right":  {inMember, &ksv1.Member{Name: proto.String(strings.Repeat("é", 200))}, nil},
		"no removal reason":  {inMember, &ksv1.Member{Removal: &ksv1.Removal{Date: "2024-05-17"}}, []string{"INCOMPLETE "}},
		"removal on no day":  {inMember, &ksv1.Member{Removal: &ksv1.Removal{Reason: 1, Date: "kemarin"}}, []string{"NOT_A_DATE "}},
		"removal since ever": {inMember, &ksv1.Member{Removal: &ksv1.Removal{Reason: 4}}, nil},
		"a new removal":      {inMember, &ksv1.Member{Removal: &ksv1.Removal{Reason: 9}}, []string{"UNKNOWN_VALUE "}},
		"kept instead":       {inMember, &ksv1.Member{Removal: &ksv1.Removal{Reason: 3, KeptId: "x"}}, []string{"BAD_FORM "}},
		"a long note":        {inMember, &ksv1.Member{Removal: &ksv1.Removal{Reason: 1, Note: strings.Repeat("x", 1001)}}, []string{"TOO_LONG "}},
		"a stated age":       {inMember, &ksv1.Member{StatedAge: &ksv1.StatedAge{Months: 1800, AsOf: "2024-05-17"}}, nil},
		"151 years":          {inMember, &ksv1.Member{StatedAge: &ksv1.StatedAge{Months: 1801, AsOf: "2024-05-17"}}, []string{"OUT_OF_RANGE IV.5"}},
		"an age of no day":   {inMember, &ksv1.Member{StatedAge: &ksv1.StatedAge{Months: 12}}, []string{"NOT_A_DATE IV.5"}},
		"a carried column":   {inMember, &ksv1.Member{SourceColumns: &ksv1.SourceColumns{Columns: []*ksv1.SourceColumn{{Name: "x", Value: strings.Repeat("x", 4097)}}}}, []string{"TOO_LONG "}},
		"a round":            {inRound, &ksv1.Round{SurveyDate: proto.String("2024-05-17"), CleanWater: ya.Enum()}, nil},
		"a third answer":     {inRound, &ksv1.Round{CleanWater: ksv1.Answer(3).Enum()}, []string{"UNKNOWN_VALUE II.3"}},
		"an unsaid answer":   {inRound, &ksv1.Round{CleanWater: ksv1.Answer(0).Enum()}, nil},
		"no survey date":     {inRound, &ksv1.Round{SurveyDate: proto.String("")}, []string{"NOT_A_DATE III.3"}},
		"withdrawn":          {inRound, &ksv1.Round{Withdrawal: &ksv1.Withdrawal{}}, []string{"NOT_A_DATE "}},
		"pressures":          {inIndividual, &ksv1.Individual{SystolicMmhg: proto.Uint32(300), DiastolicMmhg: proto.Uint32(20)}, nil},
		"pressures beyond":   {inIndividual, &ksv1.Individual{SystolicMmhg: proto.Uint32(301), DiastolicMmhg: proto.Uint32(19)}, []string{"OUT_OF_RANGE V.10b", "OUT_OF_RANGE V.10b"}},
		"a pregnant man is for the checks across fields": {inIndividual, &ksv1.Individual{Pregnant: ya.Enum()}, nil},
		"a spouse by name":  {inIndividual, &ksv1.Individual{SpouseId: proto.String("Budi")}, []string{"BAD_FORM IV.7"}},
		"a visit":           {inVisit, &ksv1.Visit{Date: proto.String("2024-05-17"), Outcome: ksv1.VisitOutcome_VISIT_OUTCOME_REFUSED.Enum(), RoundId: proto.String(strings.ToUpper(uuid))}, nil},
		"a visit of no use": {inVisit, &ksv1.Visit{Outcome: ksv1.VisitOutcome(0).Enum()}, []string{"INCOMPLETE "}},
		"a visit never":     {inVisit, &ksv1.Visit{NextVisitDate: proto.String("besok"), RoundId: proto.String("r")}, []string{"NOT_A_DATE ", "BAD_FORM "}},
		"a house at sea":    {inVisit, &ksv1.Visit{Position: &ksv1.Position{LatitudeE7: 910_000_000}}, []string{"OUT_OF_RANGE "}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			fields, err := proto.Marshal(c.record)
			if err != nil {
				t.Fatal(err)
			}
			list := CheckWrite(c.kind, fields)
			var got []string
			for _, f := range list {
				got = append(got, f.Code.String()+" "+string(f.Question))
				if f.Severity != Error || f.Field == 0 || f.Kind != c.kind || f.Message == "" {
					t.Errorf("incomplete finding %+v", f)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
			if len(c.want) > 0 && SoundFields(c.kind, fields) {
				t.Error("its wire form passes for sound")
			}
		})
	}
}

func TestDamagedWritesAreRefusedNewFieldsAreNot(t *testing.T) {
	t.Parallel()
	newer := protowire.AppendVarint(protowire.AppendTag(nil, 999, protowire.VarintType), 7)
	if list := CheckWrite(inMember, newer); list != nil {
		t.Errorf("a field of a later version: %q", noticed(list))
	}
	for name, c := range map[string]struct {
		kind   ksv1.RecordKind
		fields []byte
	}{
		"truncated":         {inMember, []byte{0x0a, 0x05, 'S'}},
		"not UTF-8":         {inMember, []byte{0x0a, 0x01, 0xff}},
		"no such record":    {ksv1.RecordKind_RECORD_KIND_UNSPECIFIED, nil},
		"an unknown record": {99, nil},
	} {
		list := CheckWrite(c.kind, c.fields)
		if len(list) != 1 || list[0].Code != Malformed || list[0].Severity != Error {
			t.Errorf("%s: %q", name, noticed(list))
		}
	}
}

func TestCommonWritesAreSoundByTheirWireForm(t *testing.T) {
	t.Parallel()
	for kind, record := range map[ksv1.RecordKind]proto.Message{
		inFamily: &ksv1.Family{Place: proto.String("003/007"), HeadName: proto.String("Budi"), Nkk: proto.Uint64(3204052005100001)},
		inMember: &ksv1.Member{Name: proto.String("Sari"), Nik: proto.Uint64(3204056802940001), BirthDate: proto.String("1994-02-28"),
			Sex: ksv1.Sex_SEX_FEMALE.Enum(), MotherId: proto.String(uuid), Number: proto.Uint32(2)},
		inRound:      &ksv1.Round{SurveyDate: proto.String("2024-05-17"), CleanWater: ya.Enum()},
		inIndividual: &ksv1.Individual{Smokes: tidak.Enum(), SystolicMmhg: proto.Uint32(120), DiastolicMmhg: proto.Uint32(80)},
	} {
		fields, err := proto.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		if !SoundFields(kind, fields) {
			t.Errorf("%s is in doubt", kind)
		}
	}
}

// FuzzCheckWrite: whatever the bytes, findings are errors with a text.
func FuzzCheckWrite(f *testing.F) {
	f.Add(int32(2), []byte{0x0a, 0x01, 'S'})
	f.Add(int32(4), []byte{0x98, 0x01, 0xff, 0xff, 0x03})
	f.Fuzz(func(t *testing.T, kind int32, fields []byte) {
		sound := SoundFields(ksv1.RecordKind(kind), fields)
		for _, found := range CheckWrite(ksv1.RecordKind(kind), fields) {
			if found.Severity != Error || found.Message == "" {
				t.Errorf("incomplete finding %+v", found)
			}
			if sound && found.Code != Malformed {
				t.Errorf("passes for sound: %+v", found)
			}
		}
	})
}
