package iks

import "strconv"

// Category is what an index is called. Stored in three bits (see Packed) and
// numbered as in ksv1.Category: the numbers never change.
type Category uint8

// The categories. The first three are those of a complete family or of an area
// with complete families.
const (
	NoCategory  Category = 0 // no round that counts: not surveyed
	TidakSehat  Category = 1 // index below 0.500
	PraSehat    Category = 2 // 0.500 to 0.800, both included
	Sehat       Category = 3 // above 0.800
	Incomplete  Category = 4 // belum lengkap: a value is "?"
	Undefined   Category = 5 // tidak terdefinisi: no member, or no indicator applies
	categoryMax          = Undefined
)

var categoryNames = [...]string{"", "tidak sehat", "pra-sehat", "sehat", "belum lengkap", "tidak terdefinisi"}

// String is the Indonesian name as results write it; "" for NoCategory.
func (c Category) String() string {
	if c > categoryMax {
		return ""
	}
	return categoryNames[c]
}

// Complete reports whether the category is that of an index.
func (c Category) Complete() bool { return c >= TidakSehat && c <= Sehat }

// Index is a family's index y/d.
type Index struct {
	Y, D     int // D is 12 less the indicators that do not apply
	Category Category
}

// Index counts the values. Y and D are zero where there is no index.
func (v Values) Index() Index {
	y, d := 0, 0
	for _, value := range v {
		switch value {
		case Unknown:
			return Index{Category: Incomplete}
		case Y:
			y++
			d++
		case T:
			d++
		}
	}
	return Index{Y: y, D: d, Category: categoryOf(int64(y), int64(d))}
}

// Category is v.Index().Category.
func (v Values) Category() Category { return categoryOfBits(v.bits()) }

// Complete reports whether there is an index: nothing unknown, and at least
// one indicator applies.
func (v Values) Complete() bool { return v.Category().Complete() }

// IKS3 is the index to three decimals, half up, such as "0.636"; "" where
// there is none.
func (i Index) IKS3() string {
	if !i.Category.Complete() {
		return ""
	}
	return i.Ratio().Decimals(3)
}

// String is "7/11"; "" where there is no index.
func (i Index) String() string {
	if !i.Category.Complete() {
		return ""
	}
	return strconv.Itoa(i.Y) + "/" + strconv.Itoa(i.D)
}

// Ratio is the index as a fraction, undefined where there is none.
func (i Index) Ratio() Ratio { return Ratio{Part: int64(i.Y), Whole: int64(i.D)} }

// categoryOf is the rule for families and areas alike: sehat above 4/5, tidak
// sehat below 1/2, else pra-sehat.
func categoryOf(y, d int64) Category {
	switch {
	case d == 0:
		return Undefined
	case 5*y > 4*d:
		return Sehat
	case 2*y < d:
		return TidakSehat
	}
	return PraSehat
}

// Ratio is a fraction of counts. Undefined where Whole is 0; then it is shown
// as "–", never as 0.
type Ratio struct{ Part, Whole int64 }

// NoValue is how an undefined ratio is shown.
const NoValue = "–"

// Defined reports whether there is a value.
func (r Ratio) Defined() bool { return r.Whole > 0 }

// Scaled is the ratio times scale, rounded half up: Scaled(1000) for three
// decimals, Scaled(10000) for hundredths of a percent. ok is false where the
// ratio is undefined. Counts below 10^15 don't overflow.
func (r Ratio) Scaled(scale int64) (n int64, ok bool) {
	if !r.Defined() {
		return 0, false
	}
	return (2*scale*r.Part + r.Whole) / (2 * r.Whole), true
}

// Decimals is the ratio with 1 to 3 decimals, half up, "0.500"; NoValue where
// undefined.
func (r Ratio) Decimals(places int) string { return r.text(powerOfTen(places), places) }

// Percent is the ratio in percent with 0 to 2 decimals, half up, "85.71",
// without the sign; NoValue where undefined.
func (r Ratio) Percent(places int) string { return r.text(100*powerOfTen(places), places) }

func (r Ratio) text(scale int64, places int) string {
	n, ok := r.Scaled(scale)
	if !ok {
		return NoValue
	}
	if places == 0 {
		return strconv.FormatInt(n, 10)
	}
	text := strconv.FormatInt(n, 10)
	for len(text) <= places {
		text = "0" + text
	}
	return text[:len(text)-places] + "." + text[len(text)-places:]
}

func powerOfTen(places int) int64 {
	power := int64(1)
	for range places {
		power *= 10
	}
	return power
}
