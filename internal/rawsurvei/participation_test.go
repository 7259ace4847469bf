package rawsurvei

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/keluarga-sehat/sync/internal/iks"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const (
	headLine = "survei_survei_id,survei_tanggal,survei_rt_survei_rt_id,survei_rt_sab,survei_rt_sat,survei_rt_jk,survei_rt_js,survei_rt_gjb,survei_rt_pasung," +
		"survei_individu_survei_individu_detail_id,survei_individu_hub_kel_id,survei_individu_jk_id,survei_individu_stmarital_id,survei_individu_tanggal_lahir," +
		"survei_individu_jkn,survei_individu_merokok,survei_individu_babj,survei_individu_sab,survei_individu_tb,survei_individu_batuk,survei_individu_hipertensi\n"
	headRow = "K1,2024-05-17,R1,Y,Y,Y,Y,T,T,M1,1,1,2,1980-02-03,Y,T,Y,Y,T,T,T\n"
)

// Who takes no part in a round, and was not removed from it, has no row: it would be read as
// that of one who takes part, or be refused.
func TestWhoTakesNoPartMakesNoRow(t *testing.T) {
	t.Parallel()
	second := func(removal *ksv1.Removal) *ksv1.HouseholdMember {
		return &ksv1.HouseholdMember{MemberId: "M2", Member: &ksv1.Member{
			Name: proto.String("Anak"), Sex: ksv1.Sex_SEX_MALE.Enum(), BirthDate: proto.String("2000-06-01"), Removal: removal,
		}}
	}
	absent := &ksv1.Individual{Present: proto.Bool(false)}
	answered := &ksv1.Individual{Present: proto.Bool(false), Relation: ksv1.Relation_RELATION_CHILD.Enum(), MaritalStatus: ksv1.MaritalStatus_MARITAL_STATUS_SINGLE.Enum()}
	died := func(date string) *ksv1.Removal {
		return &ksv1.Removal{Reason: ksv1.RemovalReason_REMOVAL_REASON_DIED, Date: date}
	}
	for name, c := range map[string]struct {
		member *ksv1.HouseholdMember
		part   *ksv1.Individual
		rows   int64
	}{
		"absent":                           {second(nil), absent, 1},
		"absent, with answers":             {second(nil), answered, 1},
		"came and died after the survey":   {second(died("2024-08-01")), nil, 1},
		"absent, died after the survey":    {second(died("2024-08-01")), absent, 1},
		"died before the survey":           {second(died("2024-01-01")), nil, 2},
		"absent, for died before":          {second(died("2024-01-01")), absent, 2},
		"came after the survey, and stays": {second(nil), nil, 1},
	} {
		h := readOne(t, headLine+headRow).Household
		h.Members = append(h.Members, c.member)
		if c.part != nil {
			h.Rounds[0].Individuals = append(h.Rounds[0].Individuals, &ksv1.HouseholdIndividual{MemberId: "M2", Individual: c.part})
		}
		text := written(t, h)
		again := readOne(t, text)
		if again.Refused {
			t.Errorf("%s: our own file is refused: %v", name, again.Issues)
			continue
		}
		if rows, said := int64(strings.Count(text, "\n"))-1, RowsOf(h, h.Rounds[0]); rows != c.rows || said != c.rows {
			t.Errorf("%s: %d rows, %d foretold, %d expected", name, rows, said, c.rows)
		}
		if before, after := besarOf(h), besarOf(again.Household); after != before {
			t.Errorf("%s: the index is %s, of our own file %s", name, before, after)
		}
		if twice := written(t, again.Household); twice != text {
			t.Errorf("%s: written again it is\n%s\nnot\n%s", name, twice, text)
		}
	}
}

// A row has what its member adds to each indicator, which a reader joins to the family's; none
// of an indicator that is unknown.
func TestARowHasItsMembersIndicators(t *testing.T) {
	t.Parallel()
	smoker := "K1,2024-05-17,R1,Y,Y,Y,Y,T,T,M2,3,2,1,2000-06-01,T,Y,Y,Y,,T,T\n"
	h := readOne(t, headLine+headRow+smoker).Household
	rows, err := csv.NewReader(strings.NewReader(written(t, h))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{" N N N N  N N Y Y Y Y", " N N N N  N N T T Y Y"} {
		var got []string
		for n := 1; n <= iks.Indicators; n++ {
			got = append(got, rows[i+1][slices.Index(rows[0], indicatorColumn(n))])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("row %d has %q, not %q", i+1, strings.Join(got, " "), want)
		}
	}
	stored := readOne(t, written(t, h)).Stored
	for n, v := range besarOf(h) {
		if known := v != iks.Unknown; stored.Given[n] != known || known && stored.Indicators[n] != v {
			t.Errorf("indicator %d is %s, and joined from our own file %s", n+1, v, stored.Indicators[n])
		}
	}
}

func readOne(t *testing.T, text string) *Family {
	t.Helper()
	r := NewReader()
	r.KeepStored = true
	if err := r.Open("one.csv", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	f, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func written(t *testing.T, h *ksv1.Household) string {
	t.Helper()
	var out bytes.Buffer
	extra := map[string]bool{}
	Extra(extra, h)
	w, err := NewWriter(&out, CSV, extra)
	if err == nil {
		_, err = w.Write(h, h.Rounds[0])
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func besarOf(h *ksv1.Household) iks.Values {
	household, _ := iks.FromHousehold(h, h.Rounds[0])
	return household.Compute(iks.Besar)
}
