package prokesga

import (
	"fmt"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// CheckWrite judges by itself what a change writes to one record: fields is
// the wire form of Write.fields. What it finds makes the change invalid: bytes
// that are no record, coded values that no list has, numbers out of bounds,
// dates that no calendar has, text over its limit, codes and ids without their
// form. Fields that this version does not know are accepted. Findings carry no
// record or member id: the write has them. Nil is "nothing wrong".
//
// Absence is never wrong here, and nothing is compared with another record or
// another field: that may be another author's, and merge refuses nothing.
func CheckWrite(kind ksv1.RecordKind, fields []byte) []Finding {
	message := newRecord(kind)
	if message == nil {
		return unknownKind(kind)
	}
	if err := proto.Unmarshal(fields, message); err != nil {
		return []Finding{{Code: Malformed, Severity: Error, Kind: kind, Message: "Catatan rusak dan tidak dapat dibaca. Simpan ulang datanya."}}
	}
	return CheckRecord(kind, message)
}

func unknownKind(kind ksv1.RecordKind) []Finding {
	return []Finding{{Code: Malformed, Severity: Error, Kind: kind, Message: "Jenis catatan tidak dikenal. Perbarui aplikasi."}}
}

// CheckRecord is CheckWrite for a record that has been read already; a message
// of another kind is malformed.
func CheckRecord(kind ksv1.RecordKind, message proto.Message) []Finding {
	if known := newRecord(kind); known == nil || known.ProtoReflect().Descriptor() != message.ProtoReflect().Descriptor() {
		return unknownKind(kind)
	}
	c := writeCheck{kind: kind}
	message.ProtoReflect().Range(func(fd protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		c.field(fd, value)
		return true
	})
	sortByField(c.found.list)
	return c.found.list
}

func newRecord(kind ksv1.RecordKind) proto.Message {
	switch kind {
	case inFamily:
		return &ksv1.Family{}
	case inMember:
		return &ksv1.Member{}
	case inRound:
		return &ksv1.Round{}
	case inIndividual:
		return &ksv1.Individual{}
	case inVisit:
		return &ksv1.Visit{}
	}
	return nil
}

type writeCheck struct {
	kind  ksv1.RecordKind
	found findings
}

func (c *writeCheck) field(fd protoreflect.FieldDescriptor, value protoreflect.Value) {
	where := at{kind: c.kind, field: int32(fd.Number())}
	switch fd.Kind() {
	case protoreflect.StringKind:
		c.text(where, fd, value.String())
	case protoreflect.EnumKind:
		c.coded(where, fd, value.Enum())
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind:
		c.number(where, value.Uint())
	case protoreflect.MessageKind:
		c.part(where, value.Message().Interface())
	}
}

func (c *writeCheck) text(where at, fd protoreflect.FieldDescriptor, text string) {
	if limit := textLimits[fd.FullName()]; limit > 0 && uint64(utf8.RuneCountInString(text)) > limit {
		c.found.add(TooLong, where, fmt.Sprintf("Teks terlalu panjang (paling banyak %d huruf). Persingkat.", limit))
		return
	}
	form := formOf(where)
	switch {
	case form == nil:
	case !form.ok(text):
		c.found.add(form.code, where, form.message)
	}
}

// coded accepts UNSPECIFIED, which is "not answered", but for what means
// nothing without a choice.
func (c *writeCheck) coded(where at, fd protoreflect.FieldDescriptor, number protoreflect.EnumNumber) {
	switch {
	case fd.Enum().Values().ByNumber(number) == nil:
		c.found.add(UnknownValue, where, "Jawaban tidak ada dalam daftar pilihan. Pilih lagi; bila pilihannya baru, perbarui aplikasi.")
	case number == 0 && c.kind == inVisit:
		c.found.add(Incomplete, where, "Hasil kunjungan belum dipilih. Pilih hasilnya.")
	}
}

func (c *writeCheck) number(where at, number uint64) {
	q := find(where.kind, where.field)
	if q == nil || q.Limits == (Limits{}) {
		return
	}
	if number >= uint64(q.Limits.Min) && number <= uint64(q.Limits.Max) {
		return
	}
	message := fmt.Sprintf("%s harus antara %d dan %d. Periksa angkanya.", q.Label, q.Limits.Min, q.Limits.Max)
	if q.Limits == sixteenDigits {
		message = fmt.Sprintf("%s harus 16 angka dan tidak diawali 0. Periksa kembali pada kartu.", q.Label)
	}
	c.found.add(OutOfRange, where, message)
}

// part judges a register that is a message.
func (c *writeCheck) part(where at, message proto.Message) {
	switch m := message.(type) {
	case *ksv1.Removal:
		c.removal(where, m)
	case *ksv1.Withdrawal:
		c.partDate(where, m.GetDate(), "Tanggal pengunduran diri")
	case *ksv1.StatedAge:
		c.statedAge(where, m)
	case *ksv1.StatedAges:
		for _, age := range m.GetAges() {
			c.statedAge(where, age)
		}
	case *ksv1.Position:
		if m.GetLatitudeE7() < -latitudeMaxE7 || m.GetLatitudeE7() > latitudeMaxE7 ||
			m.GetLongitudeE7() < -longitudeMaxE7 || m.GetLongitudeE7() > longitudeMaxE7 {
			c.found.add(OutOfRange, where, "Posisi rumah tidak ada di bumi. Ukur lagi atau kosongkan.")
		}
	}
	if tooLong(message.ProtoReflect()) {
		c.found.add(TooLong, where, "Teks terlalu panjang. Persingkat.")
	}
}

func (c *writeCheck) statedAge(where at, m *ksv1.StatedAge) {
	c.partDate(where, m.GetAsOf(), "Tanggal pernyataan umur")
	if m.GetMonths() > statedMonthsMax {
		c.found.add(OutOfRange, where, "Umur tidak boleh lebih dari 150 tahun. Periksa umurnya.")
	}
}

const (
	statedMonthsMax = 1800 // 150 years, as the contract bounds it
	latitudeMaxE7   = 90 * 10_000_000
	longitudeMaxE7  = 180 * 10_000_000
)

func (c *writeCheck) removal(where at, m *ksv1.Removal) {
	switch ksv1.RemovalReason_name[int32(m.GetReason())] {
	case "":
		c.found.add(UnknownValue, where, "Alasan pengeluaran tidak ada dalam daftar. Pilih lagi; bila alasannya baru, perbarui aplikasi.")
	case ksv1.RemovalReason_REMOVAL_REASON_ERASED.String():
		c.found.add(UnknownValue, where, "Penghapusan menurut hukum hanya dilakukan server. Pilih alasan lain.")
	case ksv1.RemovalReason_REMOVAL_REASON_UNSPECIFIED.String():
		c.found.add(Incomplete, where, "Alasan pengeluaran belum dipilih. Pilih alasannya.")
	}
	if m.GetDate() != "" {
		c.partDate(where, m.GetDate(), "Tanggal pengeluaran")
	}
	if m.GetKeptId() != "" && !isUUID(m.GetKeptId()) {
		c.found.add(BadForm, where, "Catatan pengganti tidak dikenali. Pilih lagi.")
	}
}

func (c *writeCheck) partDate(where at, text, what string) {
	if _, err := ParseDate(text); err != nil {
		c.found.add(NotADate, where, what+" bukan tanggal yang benar (TTTT-BB-HH). Perbaiki tanggalnya.")
	}
}

// form is what text of a register must look like.
type form struct {
	code    Code
	ok      func(string) bool
	message string
}

var (
	dateForm = &form{NotADate, func(text string) bool { _, err := ParseDate(text); return err == nil },
		"Bukan tanggal yang benar (TTTT-BB-HH). Perbaiki tanggalnya."}
	placeForm = &form{BadForm, func(text string) bool { p, err := area.ParsePlace(text); return err == nil && p.String() == text },
		"RT/RW harus tiga angka per bagian, misalnya RT 007/RW 003. Perbaiki RT/RW."}
	villageForm = &form{BadForm, func(text string) bool {
		code, err := area.Parse(text)
		return err == nil && code.Level() == area.Village && code.String() == text
	}, "Kode desa/kelurahan tidak benar (contoh 32.04.05.2001). Pilih desanya lagi."}
	puskesmasForm = &form{BadForm, func(text string) bool { _, err := area.ParsePuskesmas(text); return err == nil },
		"Kode Puskesmas tidak benar (7 sampai 11 angka). Periksa kodenya."}
	memberForm = &form{BadForm, isUUID, "Anggota yang dipilih tidak dikenali. Pilih lagi."}
	familyForm = &form{BadForm, isUUID, "Keluarga yang dirujuk tidak dikenali. Ulangi pemecahan keluarga."}
	roundForm  = &form{BadForm, isUUID, "Pendataan yang dipilih tidak dikenali. Pilih lagi."}
)

// formOf is the form of a text register; nil where any text will do.
func formOf(where at) *form {
	switch [2]int32{int32(where.kind), where.field} {
	case [2]int32{int32(inMember), 6}, [2]int32{int32(inRound), 1}, [2]int32{int32(inVisit), 1}, [2]int32{int32(inVisit), 7}:
		return dateForm
	case [2]int32{int32(inFamily), 1}:
		return placeForm
	case [2]int32{int32(inFamily), 8}:
		return puskesmasForm
	case [2]int32{int32(inFamily), 11}, [2]int32{int32(inFamily), 12}:
		return villageForm
	case [2]int32{int32(inMember), fieldMother}, [2]int32{int32(inMember), 11}, [2]int32{int32(inIndividual), fieldSpouse}:
		return memberForm
	case [2]int32{int32(inFamily), 14}, [2]int32{int32(inMember), 13}:
		return familyForm
	case [2]int32{int32(inVisit), 11}:
		return roundForm
	}
	return nil
}

// isUUID accepts any version, in lower or upper case hexadecimal.
func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i := range len(text) {
		c := text[i]
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F'):
			return false
		}
	}
	return true
}
