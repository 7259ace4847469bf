package dukcapil

import (
	"errors"
	"strings"
	"testing"

	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// One record that can't be used keeps nobody else of the card out.
func TestAnOddRecordIsLeftOutAlone(t *testing.T) {
	t.Parallel()
	const (
		nkk  = `"NO_KK":"3204050101200001"`
		good = `{"NIK":"3204054101900077",` + nkk + `,"NAMA_LGKP":"A","STAT_HBKEL":"KEPALA KELUARGA"}`
	)
	for odd, leftOut := range map[string]int{
		`{"NIK":"3204054101900078",` + nkk + `,"NAMA_LGKP":""}`:    1,
		`{"NIK":"",` + nkk + `,"NAMA_LGKP":"B"}`:                   1,
		`{"NIK":"32040541019000",` + nkk + `,"NAMA_LGKP":"B"}`:     1,
		`{"NIK":"3204054101900078","NO_KK":null,"NAMA_LGKP":"B"}`:  1,
		`{"NIK":"3204054101900077",` + nkk + `,"NAMA_LGKP":"B"}`:   1,
		`{"NIK":"3204054101900077",` + nkk + `,"NAMA_LGKP":" a "}`: 0,
		`{"RESPON":"Data Ditemukan, Meninggal Dunia"}`:             1,
		`null`: 1,
	} {
		for _, content := range []string{odd + "," + good, good + "," + odd} {
			r, err := recordsOf([]byte(`{"content":[` + content + `],"lastPage":true}`))
			if err != nil {
				t.Errorf("%s: %v", content, err)
				continue
			}
			card, err := r.card(3204050101200001, testToday)
			if err != nil || len(card.Persons) != 1 || card.LeftOut != leftOut {
				t.Errorf("%s: %+v, %v", content, card, err)
			}
		}
	}
	for _, content := range []string{
		`null`, `{"NIK":"",` + nkk + `,"NAMA_LGKP":"B"}`,
		good + `,{"NIK":"3204054101900078","NO_KK":"3204050101200002","NAMA_LGKP":"B"}`,
		strings.Repeat(good+",", maxCardPersons) + good,
	} {
		r, err := recordsOf([]byte(`{"content":[` + content + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		if card, err := r.card(3204050101200001, testToday); !errors.Is(err, ErrRefused) {
			t.Errorf("%.100s: %+v, %v", content, card, err)
		}
	}
}

func TestTheHeadComesFirst(t *testing.T) {
	t.Parallel()
	r, err := recordsOf([]byte(`{"content":[{"NIK":"3204054101900078","NO_KK":"3204050101200001","NAMA_LGKP":"B","STAT_HBKEL":"ANAK"},` +
		`{"NIK":"3204054101900077","NO_KK":"3204050101200001","NAMA_LGKP":"A","STAT_HBKEL":1}]}`))
	if err != nil {
		t.Fatal(err)
	}
	card, err := r.card(3204050101200001, testToday)
	if err != nil || len(card.Persons) != 2 || card.Persons[0].GetRelation() != ksv1.Relation_RELATION_HEAD {
		t.Errorf("%+v, %v", card, err)
	}
}
