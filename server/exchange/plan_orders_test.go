package exchange

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
)

const yearsHead = "survei_survei_id,survei_tanggal,survei_updated_at,survei_kelurahan_id,survei_nama_kk,survei_status_delete,survei_status_pindah," +
	"survei_rt_survei_rt_id,survei_rt_sab,survei_rt_sat,survei_rt_jk,survei_rt_js,survei_rt_gjb,survei_rt_pasung," +
	"survei_individu_survei_individu_detail_id,survei_individu_hub_kel_id,survei_individu_jk_id,survei_individu_stmarital_id," +
	"survei_individu_tanggal_lahir,survei_individu_nama,survei_individu_merokok,survei_individu_jkn," +
	"survei_individu_babj,survei_individu_sab,survei_individu_tb,survei_individu_batuk,survei_individu_hipertensi,survei_individu_status_delete\n"

// someYears are files of one family, one a year, with what may differ between them: who
// lives there, what is said of them, who is removed, and whether the family is.
func someYears(random *rand.Rand) (files []string) {
	status := func() string { return []string{"0", "0", "0", "1"}[random.IntN(4)] }
	for _, year := range []int{2018, 2019, 2021, 2022} {
		if random.IntN(6) == 0 {
			continue
		}
		date := fmt.Sprintf("%d-%02d-10", year, 1+random.IntN(12))
		family := fmt.Sprintf("K1,%s,%s 23:00:00,3204052001,Kepala %d,%s,%s,R1,Y,Y,Y,Y,T,T", date, date, year, status(), status())
		var text strings.Builder
		text.WriteString(yearsHead)
		for n := range 4 {
			if n > 0 && random.IntN(3) == 0 {
				continue
			}
			fmt.Fprintf(&text, "%s,M%d,%d,%d,1,%d-01-01,Nama %d,%s,Y,Y,Y,T,T,T,%s\n",
				family, n, 1+2*min(n, 1), 1+random.IntN(2), 2002+random.IntN(3), year, []string{"Y", "T"}[random.IntN(2)], status())
		}
		files = append(files, text.String())
	}
	return files
}

// brought is what a family of a file becomes with what is stored of it.
func brought(t *testing.T, state *merge.State, text string, at uint64) *merge.State {
	t.Helper()
	reader := rawsurvei.NewReader()
	if err := reader.Open("raw", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	f, err := reader.Next()
	if err != nil || f.Refused {
		t.Fatal(err, f)
	}
	h := rawsurvei.ForStore(f)
	if state == nil {
		id, err := merge.ParseID(h.GetFamilyId())
		if err != nil {
			t.Fatal(err)
		}
		state = &merge.State{Family: id}
	}
	p, err := newPlan(state, incoming{household: h, columns: reader.Columns(), read: f}, importer)
	if err != nil || p.older {
		t.Fatal(err, p)
	}
	edits, err := p.edits()
	if err != nil {
		t.Fatal(err)
	}
	c, differs, err := merge.NewChange(state, merge.Stamp{TimeMS: at, Device: importer}, edits)
	if err != nil || !differs {
		t.Fatalf("%v, differs: %t", err, differs)
	}
	delta, err := merge.FromChange(c)
	if err != nil {
		t.Fatal(err)
	}
	after := merge.Join(*state, delta)
	return &after
}

// yearsOf are a family's figures and rows, its latest and by year.
func yearsOf(t *testing.T, state *merge.State) string {
	t.Helper()
	h, err := merge.View(state)
	if err != nil {
		t.Fatal(err)
	}
	h.VillageCode = "32.04.05.2001"
	extra := map[string]bool{}
	rawsurvei.Extra(extra, h)
	var out strings.Builder
	for _, year := range []int{iks.AnyYear, 2018, 2019, 2021, 2022} {
		a := iks.Assess(h, year)
		fmt.Fprintf(&out, "%d: %t %s\n", year, a.Counts(), a.Besar.Values)
		w, err := rawsurvei.NewWriter(&out, rawsurvei.CSV, extra)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := (rawWriter{w, year}).Write(h); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

// In whatever order the files of several years come, figures and exports are the same.
func TestTheOrderOfYearsDecidesNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 4))
		files := someYears(random)
		first := ""
		for range 6 {
			var state *merge.State
			for n, at := range random.Perm(len(files)) {
				state = brought(t, state, files[at], uint64(1_700_000_000_000+n))
			}
			if state == nil {
				break
			}
			if all := yearsOf(t, state); first == "" {
				first = all
			} else if all != first {
				t.Errorf("seed %d: %s\ngive\n%s\nnot\n%s", seed, strings.Join(files, "\n"), all, first)
				break
			}
		}
	}
}
