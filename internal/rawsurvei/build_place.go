package rawsurvei

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/area"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// area reads the place: province to village, RW and RT, Puskesmas.
func (b *builder) area(f *ksv1.Family) {
	for _, c := range []struct {
		column string
		digits int
	}{{"survei_propinsi_id", 2}, {"survei_kota_id", 4}, {"survei_kecamatan_id", 6}, {"survei_kelurahan_id", 10}} {
		text := b.cell(c.column)
		if text == "" {
			continue
		}
		code, err := area.Parse(text)
		if err != nil || len(text) != c.digits || code.Undotted() != text {
			b.refuse(b.row.row, c.column, fmt.Sprintf("%s is no area code of %d digits", shown(text), c.digits))
			continue
		}
		if c.digits == 10 {
			b.household.VillageCode = code.Dotted()
		}
	}
	b.areasAgree()
	if text := b.cell("survei_kd_puskesmas"); text != "" {
		if p, err := area.ParsePuskesmas(text); err == nil {
			f.PuskesmasCode = proto.String(string(p))
		} else {
			b.warn(b.row.row, "survei_kd_puskesmas", "no code of a Puskesmas; carried, but not read")
			b.unreadable = append(b.unreadable, "survei_kd_puskesmas")
		}
	}
	f.Place = proto.String(b.place().String())
}

// areasAgree warns of codes above the village in which it does not lie.
func (b *builder) areasAgree() {
	if b.household.VillageCode == "" {
		return
	}
	village := b.cell("survei_kelurahan_id")
	for _, column := range []string{"survei_propinsi_id", "survei_kota_id", "survei_kecamatan_id"} {
		if code := b.cell(column); code != "" && !strings.HasPrefix(village, code) {
			b.warn(b.row.row, column, fmt.Sprintf("village %s does not lie in %s; the village holds", village, shown(code)))
		}
	}
}

// place reads RW and RT.
func (b *builder) place() area.Place {
	place, err := area.PlaceOf(b.placeNumber(colRW), b.placeNumber(colRTNumber))
	if err != nil {
		return 0 // each was judged
	}
	return place
}

// placeNumber reads one of the two; a malformed one is none.
func (b *builder) placeNumber(column string) string {
	text := b.cell(column)
	if _, err := area.PlaceOf("", text); err == nil {
		return text
	}
	b.warn(b.row.row, column, shown(text)+" is no number of at most three digits; taken as none, and carried")
	b.unreadable = append(b.unreadable, column)
	return ""
}
