package field

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	clientsdk "github.com/keluarga-sehat/sync/client-sdk"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	"github.com/keluarga-sehat/sync/server/exchange"
	"github.com/keluarga-sehat/sync/server/ingest"
)

const rawFamilyHead = "survei_survei_id,survei_tanggal,survei_updated_at,survei_kelurahan_id,survei_status_delete,survei_status_pindah," +
	"survei_rt_survei_rt_id,survei_rt_sab,survei_rt_sat,survei_rt_jk,survei_rt_js,survei_rt_gjb,survei_rt_pasung," +
	"survei_individu_survei_individu_detail_id,survei_individu_hub_kel_id,survei_individu_jk_id,survei_individu_stmarital_id," +
	"survei_individu_tanggal_lahir,survei_individu_umur_thn,survei_individu_nama,survei_individu_merokok,survei_individu_jkn," +
	"survei_individu_babj,survei_individu_sab,survei_individu_tb,survei_individu_batuk,survei_individu_hipertensi,survei_individu_status_delete\n"

// rawFamily is what the rows of a family repeat. With members who do not smoke it is sehat.
type rawFamily struct{ id, date, updated, village, deleted, moved string }

// k1 is a family of the first village as of a date, written on the next day.
func k1(date string) rawFamily {
	return rawFamily{id: "K1", date: date, updated: date + " 23:00:00", village: "3204052001", deleted: "0", moved: "0"}
}

// rawMember is what a row says of the member; age is used where there is no birth date.
type rawMember struct{ id, relation, birth, age, smokes, gone string }

// m1 is the head, m2 another, who smokes: with them the family is not sehat.
var (
	m1 = rawMember{id: "M1", relation: "1", birth: "1980-02-03", smokes: "T", gone: "0"}
	m2 = rawMember{id: "M2", relation: "4", birth: "1981-02-03", smokes: "Y", gone: "0"}
)

func (m rawMember) removed() rawMember {
	m.gone = "1"
	return m
}

// of is a file of the family with these members.
func (f rawFamily) of(members ...rawMember) string {
	var out strings.Builder
	out.WriteString(rawFamilyHead)
	for _, m := range members {
		fmt.Fprintf(&out, "%s,%s,%s,%s,%s,%s,R%s,Y,Y,Y,Y,T,T,%s,%s,1,2,%s,%s,Nama,%s,Y,Y,Y,T,T,T,%s\n",
			f.id, f.date, f.updated, f.village, f.deleted, f.moved, f.id, m.id, m.relation, m.birth, m.age, m.smokes, m.gone)
	}
	return out.String()
}

// bring imports files one after another and gives what was told.
func bring(t *testing.T, f *Field, files ...string) (exchange.Report, string) {
	t.Helper()
	var told []string
	i := &exchange.Importer{
		Core: &ingest.Core{Store: f.Store, Vault: ingest.NewVault(f.Ring, rand.Reader), Now: time.Now}, Rand: rand.Reader,
		Tell: func(x rawsurvei.Issue) { told = append(told, x.String()) },
	}
	for _, text := range files {
		if err := loadWith(t.Context(), i, strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	return i.Report, strings.Join(told, "\n")
}

// whoseFamily is a surveyor who holds the field's one family.
func whoseFamily(t *testing.T, f *Field) (*clientsdk.User, clientsdk.ID) {
	t.Helper()
	u := signIn(t, f, "surveyor1")
	mustSync(t, u)
	found, _ := u.Families(clientsdk.Query{})
	if len(found) != 1 {
		t.Fatalf("%d families", len(found))
	}
	return u, found[0].ID
}

// addressMended has a surveyor mend the address of the field's one family.
func addressMended(t *testing.T, f *Field) {
	t.Helper()
	u, id := whoseFamily(t, f)
	move(t, u, id, "Jalan Betul")
	mustSync(t, u)
}

// sehatOf is how many families of the district are sehat, members of all kinds counted, of
// how many that count in a survey year (0: at present).
func sehatOf(t *testing.T, f *Field, year int) string {
	t.Helper()
	board := f.Server.Board()
	if err := board.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	of := board.Area("32.04").Provisional
	if year != 0 {
		in := board.InYear("32.04", year)
		of = in.Provisional
	}
	sum := of.Of(iks.Besar)
	return fmt.Sprintf("%d/%d", sum.InCategory(iks.Sehat), sum.Surveyed())
}
