package iks

// Ruleset is the version of the rules in this package; every stored result
// carries it beside the survey date.
const Ruleset = "KS-2016.1"

// Indicators is how many indicators the index has.
const Indicators = 12

// Value is an indicator's value for a family. The order of the constants is
// the rule `combine`: any ? makes ?, else any T makes T, else any Y makes Y,
// else N; so combining is taking the maximum. Stored in two bits (see Packed):
// the numbers never change.
type Value uint8

// The four values.
const (
	N       Value = 0 // does not apply
	Y       Value = 1 // fulfilled
	T       Value = 2 // not fulfilled
	Unknown Value = 3 // "?": an applicable question has no answer
)

const valueLetters = "NYT?"

// String is "N", "Y", "T" or "?".
func (v Value) String() string { return valueLetters[v&3 : v&3+1] }

// Values holds the twelve indicators' values; indicator i stands at index i-1.
type Values [Indicators]Value

// String is the twelve letters in order, such as "YYNYYTYYTTYT".
func (v Values) String() string {
	var text [Indicators]byte
	for i, value := range v {
		text[i] = valueLetters[value&3]
	}
	return string(text[:])
}

// names are the indicators' names as published (DO12).
var names = [Indicators]string{
	"Keluarga mengikuti program KB",
	"Ibu bersalin di fasilitas kesehatan",
	"Bayi mendapat imunisasi dasar lengkap",
	"Bayi mendapat ASI eksklusif",
	"Pemantauan pertumbuhan balita",
	"Penderita TB paru berobat sesuai standar",
	"Penderita hipertensi berobat teratur",
	"Penderita gangguan jiwa diobati dan tidak ditelantarkan",
	"Tidak ada anggota keluarga yang merokok",
	"Keluarga anggota JKN",
	"Akses sarana air bersih",
	"Akses/menggunakan jamban sehat",
}

// Name is the Indonesian name of an indicator, 1 to 12; "" for any other
// number.
func Name(indicator int) string {
	if indicator < 1 || indicator > Indicators {
		return ""
	}
	return names[indicator-1]
}
