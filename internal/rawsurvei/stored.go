package rawsurvei

import (
	"math"
	"strconv"
	"strings"

	"github.com/keluarga-sehat/sync/internal/iks"
)

// Stored is what a file says itself of a family's index. It is never read as
// data, only held against what the answers give (DOMAIN.md section 3: worksheets
// write Y for "nobody is ill" where we have N).
type Stored struct {
	// Besar and Inti are the indexes as given; "" for none.
	Besar, Inti string
	// Given tells for which indicators the file has a value of the whole family,
	// from the family's own column or joined from its members'; Indicators holds
	// it, of basis besar.
	Given      [iks.Indicators]bool
	Indicators iks.Values
}

// ownIndicators are the indicators that have a column of the family's.
var ownIndicators = map[int]string{8: "survei_rt_indikator_8", 11: "survei_rt_indikator_11", 12: "survei_rt_indikator_12"}

func indicatorColumn(n int) string { return "survei_individu_indikator_" + strconv.Itoa(n) }

// stored reads what the rows say of the index; members who are gone don't count.
func (b *builder) stored(group []*tableRow) Stored {
	first := b.first(group)
	out := Stored{Besar: b.reader.cell(first, "survei_iks_besar"), Inti: b.reader.cell(first, "survei_iks_inti")}
	for n := 1; n <= iks.Indicators; n++ {
		if own, ok := ownIndicators[n]; ok {
			if v, ok := letter(b.reader.cell(first, own)); ok {
				out.Indicators[n-1], out.Given[n-1] = v, true
				continue
			}
		}
		for _, row := range group {
			if b.reader.gone(row) {
				continue
			}
			v, ok := letter(b.reader.cell(row, indicatorColumn(n)))
			if !ok {
				continue
			}
			out.Indicators[n-1] = max(out.Indicators[n-1], v)
			out.Given[n-1] = true
		}
	}
	return out
}

func letter(text string) (iks.Value, bool) {
	switch strings.ToUpper(text) {
	case "Y", "1":
		return iks.Y, true
	case "T", "0":
		return iks.T, true
	case "N":
		return iks.N, true
	}
	return 0, false
}

// SameIndex reports whether an index as a file gives it ("0.64", "0,636") is
// that of the values, at the decimals given, rounded or cut off. ok is false
// where the file gives none that can be read.
func SameIndex(text string, values iks.Values) (same, ok bool) {
	text = strings.ReplaceAll(text, ",", ".")
	given, err := strconv.ParseFloat(text, 64)
	if err != nil || given < 0 || given > 1 {
		return false, false
	}
	index := values.Index()
	if !index.Category.Complete() {
		return false, true
	}
	_, fraction, _ := strings.Cut(text, ".")
	scale := int64(math.Pow10(min(len(fraction), 3)))
	rounded, _ := index.Ratio().Scaled(scale)
	cut := scale * int64(index.Y) / int64(index.D)
	stored := int64(math.Round(given * float64(scale)))
	return stored == rounded || stored == cut, true
}
