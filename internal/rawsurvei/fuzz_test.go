package rawsurvei

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const fuzzHead = "survei_survei_id,survei_tanggal,survei_kelurahan_id,survei_status_pindah,survei_rt_survei_rt_id,survei_rt_sab,survei_individu_survei_individu_detail_id," +
	"survei_individu_hub_kel_id,survei_individu_jk_id,survei_individu_stmarital_id,survei_individu_tanggal_lahir,survei_individu_umur_thn,survei_individu_umur_bln," +
	"survei_individu_nik,survei_individu_merokok,survei_individu_kb_follow,survei_individu_status_delete,ks_mother,old_id\n"

// FuzzReader: whatever the bytes, the reader ends, refuses or gives families;
// and what it gives can be written and read again without a change.
func FuzzReader(f *testing.F) {
	for _, rows := range []string{
		"K1,2024-05-17,3204052001,,R1,Y,M1,1,1,1,1980-02-03,,,3204050302800001,Y,M2,,,77\nK1,2024-05-17,3204052001,,R1,Y,M2,2,2,1,,31,5,,T,M1,,,\n",
		"K1,2024-05-17,3204052001,1,R1,,M1,1,1,1,1980-02-03,,,12,Y,,,,\n",
		"K1,2024-05-17,3204052001,,R1,,M1,1,1,1,1980-02-03,,,12,Y,,,,\nK1,2024-05-17,3204052001,,R1,,M2,x,9,q,never,-1,z,12,Q,,1,,\n",
		"\"K1\n\",2024-05-17\n", ";;;;\n", "K1,2024-05-17,,,R1,,M1,1,1,1,1980-02-03,,,,,,,,\nK2\nK1,,,,,,,,,,,,,,,,,,\n",
	} {
		f.Add([]byte(fuzzHead + rows))
	}
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte(strings.ReplaceAll(fuzzHead, ",", ";")))
	f.Fuzz(func(t *testing.T, data []byte) {
		families := readAll(t, data)
		var out bytes.Buffer
		w, err := NewWriter(&out, CSV, map[string]bool{"old_id": true})
		if err != nil {
			t.Fatal(err)
		}
		var first []string
		for _, h := range families {
			ok, err := w.Write(h, h.GetRounds()[0])
			if err != nil {
				t.Fatal(err)
			}
			if ok {
				first = append(first, valuesOf(h))
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		var second []string
		for _, h := range readAll(t, out.Bytes()) {
			second = append(second, valuesOf(h))
		}
		if a, b := strings.Join(first, " "), strings.Join(second, " "); a != b {
			t.Fatalf("values %s, read again %s, from\n%s", a, b, &out)
		}
	})
}

func valuesOf(h *ksv1.Household) string {
	household, _ := iks.FromHousehold(h, h.GetRounds()[0])
	return household.Compute(iks.Besar).String() + "/" + household.Compute(iks.Inti).String()
}

// readAll reads the families that are not refused; a file that can't be read
// gives those before.
func readAll(t *testing.T, data []byte) []*ksv1.Household {
	t.Helper()
	r := NewReader()
	if err := r.Open("fuzz", bytes.NewReader(data)); err != nil {
		return nil
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	var out []*ksv1.Household
	for {
		f, err := r.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				t.Logf("ends early: %v", err)
			}
			return out
		}
		if f.Refused == (f.Household != nil) {
			t.Fatalf("family %q is refused: %v, with a household: %v", f.ID, f.Refused, f.Household != nil)
		}
		if !f.Refused {
			out = append(out, f.Household)
		}
	}
}
