package merge

import (
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// Records that people read come with what is read of them, taken from memory
// together: a family of four has a hundred values. What nearly no record has takes
// memory of its own.
type (
	familyRoom struct {
		inner                            ksv1.Family
		place, building, number, address string
		puskesmas, head                  string
		nkk                              uint64
		status                           ksv1.IdentifierStatus
	}
	memberRoom struct {
		outer               ksv1.HouseholdMember
		inner               ksv1.Member
		name, birth, mother string
		nik                 uint64
		number              uint32
		status              ksv1.IdentifierStatus
		sex                 ksv1.Sex
	}
	roundRoom struct {
		inner                           ksv1.Round
		date, version, surveyor, notice string
		answers                         [10]ksv1.Answer // by field
	}
	individualRoom struct {
		outer               ksv1.HouseholdIndividual
		inner               ksv1.Individual
		spouse              string
		answers             [27]ksv1.Answer // by field
		systolic, diastolic uint32
		relation            ksv1.Relation
		marital             ksv1.MaritalStatus
		religion            ksv1.Religion
		education           ksv1.Education
		work                ksv1.Work
		reason              ksv1.ContraceptionReason
		present             bool
	}
)

// rooms are taken again for each family.
type rooms struct {
	families    stock[familyRoom]
	members     stock[memberRoom]
	rounds      stock[roundRoom]
	individuals stock[individualRoom]
}

func (r *rooms) family() *familyRoom {
	if r == nil {
		return &familyRoom{}
	}
	return r.families.take()
}

func (r *rooms) member() *memberRoom {
	if r == nil {
		return &memberRoom{}
	}
	return r.members.take()
}

func (r *rooms) round() *roundRoom {
	if r == nil {
		return &roundRoom{}
	}
	return r.rounds.take()
}

func (r *rooms) individual() *individualRoom {
	if r == nil {
		return &individualRoom{}
	}
	return r.individuals.take()
}

// giveBack makes all rooms free again.
func (r *rooms) giveBack() {
	r.families.used, r.members.used, r.rounds.used, r.individuals.used = 0, 0, 0, 0
}

// stock is rooms of one kind, of which those behind used are free.
type stock[T any] struct {
	all  []*T
	used int
}

// take gives an empty one.
func (s *stock[T]) take() *T {
	if s.used == len(s.all) {
		s.all = append(s.all, new(T))
	}
	var empty T
	room := s.all[s.used]
	*room = empty
	s.used++
	return room
}

// recordWire is a record in wire form. all, where it is not empty, is a text that
// holds the record's bytes from at on: what is read then is part of it.
type recordWire struct {
	fields []byte
	all    string
	at     int
}

// recordReader reads the fields of a record one after the other, in a third of the
// time that package proto takes. What it fails at is for package proto to read, or to
// refuse.
type recordReader struct {
	wire   []byte
	at     int // where the rest begins
	field  protowire.Number
	typ    protowire.Type
	value  uint64 // of a number
	length int    // of a text, which ends where the rest begins
	failed bool
	// texts are the bytes of wire, once a text is wanted: all share one piece of memory.
	texts string
}

func (w recordWire) reader() recordReader {
	r := recordReader{wire: w.fields}
	if w.all != "" {
		r.texts = w.all[w.at : w.at+len(w.fields)]
	}
	return r
}

// next moves on to the next field; false behind the last one, and where it fails:
// at what is malformed or out of order.
func (r *recordReader) next() bool {
	if r.failed || r.at == len(r.wire) {
		return false
	}
	tag, value := r.varint(), r.varint()
	field := protowire.Number(tag >> 3)
	if r.failed || field <= r.field || tag>>3 > uint64(protowire.MaxValidNumber) {
		r.failed = true
		return false
	}
	r.field, r.typ, r.value = field, protowire.Type(tag&7), value
	if r.typ == protowire.BytesType {
		if value > uint64(len(r.wire)-r.at) {
			r.failed = true
			return false
		}
		r.length = int(value)
		r.at += r.length
	}
	return true
}

func (r *recordReader) varint() uint64 {
	if r.at < len(r.wire) && r.wire[r.at] < 0x80 {
		r.at++
		return uint64(r.wire[r.at-1])
	}
	v, n := protowire.ConsumeVarint(r.wire[r.at:])
	if n < 0 {
		r.failed = true
		return 0
	}
	r.at += n
	return v
}

// text reads into room, and gives where it is.
func (r *recordReader) text(room *string) *string {
	if r.texts == "" {
		r.texts = string(r.wire)
	}
	if r.typ != protowire.BytesType {
		r.failed = true
		return nil
	}
	*room = r.texts[r.at-r.length : r.at]
	r.failed = !utf8.ValidString(*room)
	return room
}

// readNumber reads into room, and gives where it is.
func readNumber[N ~int32 | uint32 | uint64](r *recordReader, room *N) *N {
	r.failed = r.typ != protowire.VarintType
	*room = N(r.value)
	return room
}

// answer reads into room, at the place of its field.
func (r *recordReader) answer(room []ksv1.Answer) *ksv1.Answer { return readNumber(r, &room[r.field]) }

func (r *recordReader) bool(room *bool) *bool {
	r.failed = r.typ != protowire.VarintType
	*room = protowire.DecodeBool(r.value)
	return room
}

// read fills in a record; false where package proto is to do so.
func (room *familyRoom) read(wire recordWire) bool {
	r, x := wire.reader(), &room.inner
	for r.next() {
		switch r.field {
		case 1:
			x.Place = r.text(&room.place)
		case 2:
			x.BuildingNumber = r.text(&room.building)
		case 3:
			x.FamilyNumber = r.text(&room.number)
		case 4:
			x.Address = r.text(&room.address)
		case 5:
			x.Nkk = readNumber(&r, &room.nkk)
		case 7:
			x.NkkStatus = readNumber(&r, &room.status)
		case 8:
			x.PuskesmasCode = r.text(&room.puskesmas)
		case 9:
			x.HeadName = r.text(&room.head)
		default:
			return false
		}
	}
	return !r.failed
}

func (room *memberRoom) read(wire recordWire) bool {
	r, x := wire.reader(), &room.inner
	for r.next() {
		switch r.field {
		case 1:
			x.Name = r.text(&room.name)
		case 2:
			x.Nik = readNumber(&r, &room.nik)
		case 4:
			x.NikStatus = readNumber(&r, &room.status)
		case 5:
			x.Sex = readNumber(&r, &room.sex)
		case 6:
			x.BirthDate = r.text(&room.birth)
		case 8:
			x.MotherId = r.text(&room.mother)
		case 10:
			x.Number = readNumber(&r, &room.number)
		default:
			return false
		}
	}
	return !r.failed
}

func (room *roundRoom) read(wire recordWire) bool {
	r, x := wire.reader(), &room.inner
	for r.next() {
		switch r.field {
		case 1:
			x.SurveyDate = r.text(&room.date)
		case 2:
			x.QuestionnaireVersion = r.text(&room.version)
		case 3:
			x.CleanWater = r.answer(room.answers[:])
		case 4:
			x.ProtectedWater = r.answer(room.answers[:])
		case 5:
			x.Toilet = r.answer(room.answers[:])
		case 6:
			x.SanitaryToilet = r.answer(room.answers[:])
		case 7:
			x.MentalDisorder = r.answer(room.answers[:])
		case 8:
			x.MentalDisorderMedicine = r.answer(room.answers[:])
		case 9:
			x.Restrained = r.answer(room.answers[:])
		case 10:
			x.SurveyorName = r.text(&room.surveyor)
		case 11:
			x.SupervisorName = r.text(new(string))
		case 13:
			x.NoticeVersion = r.text(&room.notice)
		default:
			return false
		}
	}
	return !r.failed
}

func (room *individualRoom) read(wire recordWire) bool {
	r, x := wire.reader(), &room.inner
	for r.next() {
		switch r.field {
		case 1:
			x.Present = r.bool(&room.present)
		case 2:
			x.Relation = readNumber(&r, &room.relation)
		case 3:
			x.MaritalStatus = readNumber(&r, &room.marital)
		case 4:
			x.SpouseId = r.text(&room.spouse)
		case 6:
			x.Religion = readNumber(&r, &room.religion)
		case 7:
			x.Education = readNumber(&r, &room.education)
		case 8:
			x.Work = readNumber(&r, &room.work)
		case 19:
			x.SystolicMmhg = readNumber(&r, &room.systolic)
		case 20:
			x.DiastolicMmhg = readNumber(&r, &room.diastolic)
		case 22:
			x.ContraceptionReason = readNumber(&r, &room.reason)
		case 27:
			x.Note = r.text(new(string))
		case 28:
			x.InterventionNote = r.text(new(string))
		default:
			at := room.answerAt(r.field)
			if at == nil {
				return false
			}
			*at = r.answer(room.answers[:])
		}
	}
	return !r.failed
}

// answerAt is where a field that is an answer stands; nil: it is none.
func (room *individualRoom) answerAt(field protowire.Number) **ksv1.Answer {
	x := &room.inner
	switch field {
	case 5:
		return &x.Pregnant
	case 9:
		return &x.HealthInsurance
	case 10:
		return &x.Smokes
	case 11:
		return &x.UsesToilet
	case 12:
		return &x.UsesCleanWater
	case 13:
		return &x.Tuberculosis
	case 14:
		return &x.TuberculosisMedicine
	case 15:
		return &x.TuberculosisSymptoms
	case 16:
		return &x.Hypertension
	case 17:
		return &x.HypertensionMedicine
	case 18:
		return &x.BloodPressureMeasured
	case 21:
		return &x.Contraception
	case 23:
		return &x.BirthInFacility
	case 24:
		return &x.ExclusiveBreastfeeding
	case 25:
		return &x.CompleteImmunisation
	case 26:
		return &x.GrowthMonitored
	}
	return nil
}
