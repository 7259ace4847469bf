package prokesga

import (
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Severity says what a finding means; numbers as in ksv1.FindingSeverity.
type Severity uint8

// The severities.
const (
	Warning Severity = 1 // worth a look; never stops anything
	Error   Severity = 2 // stops the entry on a device; on merged state it guides the reviewer
)

// Code is the stable reason of a finding. Its number is its bit in a
// FindingSet, so numbers never change and are never used again.
type Code uint8

// What CheckWrite finds: wrong within one change, which makes it invalid.
const (
	Malformed    Code = 1 // bytes that are no record, or text that is not UTF-8
	UnknownValue Code = 2 // a coded value that the list does not have
	OutOfRange   Code = 3 // a number outside its bounds
	NotADate     Code = 4 // text that is no calendar date
	TooLong      Code = 5 // text over its limit
	BadForm      Code = 6 // a code, place or id that has not its form
	Incomplete   Code = 7 // a part without which the value means nothing
)

// What the checks of a whole family find.
const (
	RequiredMissing      Code = 10 // a question that entry can't finish without
	SurveyInFuture       Code = 11 // survey date after today
	SameDayRounds        Code = 12 // two rounds of one survey date
	NoHead               Code = 13
	TwoHeads             Code = 14
	NoMembers            Code = 15
	BornAfterSurvey      Code = 16
	AgeImplausible       Code = 17
	PregnantMan          Code = 18
	OutsideTarget        Code = 19 // answered by somebody who is not asked
	SkippedAnswered      Code = 20 // answered though an earlier answer skips it
	DiastolicOverSystole Code = 21
	HalfMeasured         Code = 22 // one of the two blood pressures only
	MeasuredNoResult     Code = 23 // V.10a is Ya, V.10b is empty
	MotherTooYoung       Code = 24
	MotherTooOld         Code = 25
	MotherNotWoman       Code = 26
	LinkToSelf           Code = 27
	LinkUnknown          Code = 28 // mother or spouse who is no member
	SpouseNotMutual      Code = 29
	SpouseNotMarried     Code = 30
	SpouseSameSex        Code = 31
	MarriedTooYoung      Code = 32
	ParentTooYoung       Code = 33 // the head's child is too near the head's age
	HeadTooYoung         Code = 34
	CoupleDisagrees      Code = 35 // one of a couple uses a method, the other says no
	RestrainedNotIll     Code = 36 // II.9 is Ya, II.7 is Tidak
	NIKDiffersFromBirth  Code = 37
	NIKDiffersFromSex    Code = 38
	NIKImplausible       Code = 39
	DuplicateNIK         Code = 40 // two members with one NIK
	RemovedAnswered      Code = 41 // answers of a member in a round after the removal
	MemberMissing        Code = 42 // a part in the round of somebody who is no member
	VisitEndsBeforeStart Code = 43
	NextVisitTooEarly    Code = 44
	BornInFuture         Code = 45 // birth date after today
	InterviewTooQuick    Code = 46 // a completed visit shorter than the questions take
	NoAdult              Code = 47 // everybody is under 15 years
	InfantMissing        Code = 48 // a birth is told of, and no infant
	PressureImplausible  Code = 49 // a blood pressure that nobody walks about with
	SurveyOffClock       Code = 50 // survey date and the clock disagree by over a day
	FamilyGoneAnswered   Code = 51 // a round of a family that had died out or moved before
	RoundWithdrawn       Code = 52 // answers for a round from which the family has withdrawn, of whoever knows
	WithdrawnAnswered    Code = 53 // a round holds answers that who told of the refusal had not seen
	BothRemoved          Code = 54 // removed as entered twice for somebody who stands for nobody
	SamePersonTwice      Code = 55 // two members of one name, birth date and sex, who have not both a NIK
	codeEnd                   = 56
)

// codes is the name of each code and its severity.
var codes = [codeEnd]struct {
	name     string
	severity Severity
}{
	Malformed: {"MALFORMED", Error}, UnknownValue: {"UNKNOWN_VALUE", Error}, OutOfRange: {"OUT_OF_RANGE", Error},
	NotADate: {"NOT_A_DATE", Error}, TooLong: {"TOO_LONG", Error}, BadForm: {"BAD_FORM", Error}, Incomplete: {"INCOMPLETE", Error},

	RequiredMissing: {"REQUIRED_MISSING", Error}, SurveyInFuture: {"SURVEY_IN_FUTURE", Error}, SameDayRounds: {"SAME_DAY_ROUNDS", Warning},
	NoHead: {"NO_HEAD", Error}, TwoHeads: {"TWO_HEADS", Error}, NoMembers: {"NO_MEMBERS", Warning},
	BornAfterSurvey: {"BORN_AFTER_SURVEY", Error}, BornInFuture: {"BORN_IN_FUTURE", Error}, AgeImplausible: {"AGE_IMPLAUSIBLE", Warning}, PregnantMan: {"PREGNANT_MAN", Error},
	OutsideTarget: {"OUTSIDE_TARGET", Warning}, SkippedAnswered: {"SKIPPED_ANSWERED", Warning},
	DiastolicOverSystole: {"DIASTOLIC_OVER_SYSTOLIC", Warning}, HalfMeasured: {"HALF_MEASURED", Warning}, MeasuredNoResult: {"MEASURED_NO_RESULT", Warning},
	MotherTooYoung: {"MOTHER_TOO_YOUNG", Warning}, MotherTooOld: {"MOTHER_TOO_OLD", Warning}, MotherNotWoman: {"MOTHER_NOT_WOMAN", Error},
	LinkToSelf: {"LINK_TO_SELF", Error}, LinkUnknown: {"LINK_UNKNOWN", Warning}, SpouseNotMutual: {"SPOUSE_NOT_MUTUAL", Warning},
	SpouseNotMarried: {"SPOUSE_NOT_MARRIED", Warning}, SpouseSameSex: {"SPOUSE_SAME_SEX", Warning}, MarriedTooYoung: {"MARRIED_TOO_YOUNG", Warning},
	ParentTooYoung: {"PARENT_TOO_YOUNG", Warning}, HeadTooYoung: {"HEAD_TOO_YOUNG", Warning}, CoupleDisagrees: {"COUPLE_DISAGREES", Warning},
	RestrainedNotIll: {"RESTRAINED_NOT_ILL", Warning}, NIKDiffersFromBirth: {"NIK_DIFFERS_FROM_BIRTH", Warning},
	NIKDiffersFromSex: {"NIK_DIFFERS_FROM_SEX", Warning}, NIKImplausible: {"NIK_IMPLAUSIBLE", Warning}, DuplicateNIK: {"DUPLICATE_NIK", Error},
	RemovedAnswered: {"REMOVED_ANSWERED", Warning}, FamilyGoneAnswered: {"FAMILY_GONE_ANSWERED", Warning},
	RoundWithdrawn: {"ROUND_WITHDRAWN", Error}, WithdrawnAnswered: {"WITHDRAWN_ANSWERED", Warning}, MemberMissing: {"MEMBER_MISSING", Warning},
	BothRemoved: {"BOTH_REMOVED", Warning}, SamePersonTwice: {"SAME_PERSON_TWICE", Warning},
	InterviewTooQuick: {"INTERVIEW_TOO_QUICK", Warning}, NoAdult: {"NO_ADULT", Warning}, InfantMissing: {"INFANT_MISSING", Warning},
	PressureImplausible: {"PRESSURE_IMPLAUSIBLE", Warning}, SurveyOffClock: {"SURVEY_OFF_CLOCK", Warning},
	VisitEndsBeforeStart: {"VISIT_ENDS_BEFORE_START", Warning}, NextVisitTooEarly: {"NEXT_VISIT_TOO_EARLY", Warning},
}

// String is the stable name, "PREGNANT_MAN"; "" for a number that is none.
func (c Code) String() string {
	if c >= codeEnd {
		return ""
	}
	return codes[c].name
}

// Severity is how bad a finding of this code is.
func (c Code) Severity() Severity {
	if c >= codeEnd {
		return 0
	}
	return codes[c].severity
}

// Finding is one thing that a check noticed, down to the field. It never
// repeats a name, a NIK or another answer.
type Finding struct {
	Code     Code
	Severity Severity
	Kind     ksv1.RecordKind
	RecordID string // id of the round or visit; "" where the kind has none
	MemberID string // "" where the kind has none
	Field    int32  // field number in the record's message; 0: the whole record
	Question Number // "" where the field is no question
	Message  string // Indonesian: what is wrong, what to do
}

// Implausible tells whether the finding is of a measurement outside its bounds, which counts
// where it is there already, as the national application's do (DOMAIN.md section 5).
func (f *Finding) Implausible() bool {
	return f.Code == OutOfRange && TakenImplausible(f.Kind, f.Field)
}

// TakenImplausible tells whether imports take a field's values outside its bounds, too.
func TakenImplausible(kind ksv1.RecordKind, field int32) bool {
	q := find(kind, field)
	return q != nil && q.Number == QBPResult
}

// FindingSet is the codes of several findings as one number for storage; bit
// n is Code n.
type FindingSet uint64

// SetOf is the set of the findings' codes.
func SetOf(findings []Finding) FindingSet {
	var s FindingSet
	for _, f := range findings {
		s |= 1 << f.Code
	}
	return s
}

// at names the register that a finding is about.
type at struct {
	kind             ksv1.RecordKind
	record, memberID string
	field            int32
}

// findings gathers what a check notices.
type findings struct{ list []Finding }

func (f *findings) add(code Code, where at, message string) {
	found := Finding{Code: code, Severity: code.Severity(), Kind: where.kind, RecordID: where.record, MemberID: where.memberID,
		Field: where.field, Message: message}
	if q := find(where.kind, where.field); q != nil {
		found.Question = q.Number
	}
	f.list = append(f.list, found)
}
