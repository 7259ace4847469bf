package exchange

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/merge"
	"github.com/keluarga-sehat/sync/internal/rawsurvei"
	"github.com/keluarga-sehat/sync/internal/unraced"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

const yearsHead = "survei_survei_id,survei_tanggal,survei_updated_at,survei_kelurahan_id,survei_nama_kk,survei_status_delete,survei_status_pindah," +
	"survei_no_kk,survei_alamat,survei_no_urut_rt,survei_rw_new,survei_rt_new,survei_sumber," +
	"survei_rt_survei_rt_id,survei_rt_sab,survei_rt_sat,survei_rt_jk,survei_rt_js,survei_rt_gjb,survei_rt_pasung," +
	"survei_individu_survei_individu_detail_id,survei_individu_hub_kel_id,survei_individu_jk_id,survei_individu_stmarital_id," +
	"survei_individu_tanggal_lahir,survei_individu_umur_thn,survei_individu_nama,survei_individu_nik,ks_mother,survei_individu_merokok,survei_individu_jkn," +
	"survei_individu_babj,survei_individu_sab,survei_individu_tb,survei_individu_batuk,survei_individu_hipertensi,survei_individu_status_nik,survei_individu_status_delete\n"

// aYear is one year's survey of a family of which files are made.
type aYear struct {
	random  *rand.Rand
	date    string
	members []int // who stands in its files
}

// one of several texts.
func (y *aYear) one(of ...string) string { return of[y.random.IntN(len(of))] }

// file is a file of the year, with what may differ between a survey and its corrections: what is
// blank, who is removed, and whether the family is.
func (y *aYear) file(updated string) string {
	status := func() string { return y.one("0", "0", "0", "1") }
	place := y.one(",", "003,007", "003,008")
	family := fmt.Sprintf("K1,%s,%s,3204052001,%s,%s,%s,%s,%s,%s,%s,%s,R1,%s,Y,Y,Y,T,T", y.date, updated, y.one("", "Budi", "Siti"), status(), status(),
		y.one("", "", "3204050302840005", "3204050302840006", "rusak"), y.one("", "Jl. A", "Jl. B"), y.one("", "12", "13"), place, y.one("", "web", "mobile"), y.one("Y", "T", ""))
	var text strings.Builder
	text.WriteString(yearsHead)
	for _, n := range y.members {
		age := y.one("2002-01-01,", "2003-01-01,", ",12", ",14", ",17")
		fmt.Fprintf(&text, "%s,M%d,%d,%d,1,%s,%s,%s,%s,%s,Y,Y,Y,T,T,T,%s,%s\n",
			family, n, 1+2*min(n, 1), 1+y.random.IntN(2), age, y.one("", "Ani", "Ina"), y.one("", "", "3204050302840001", "3204050302840002", "belum ada"),
			y.one("", "M0", "M2"), y.one("Y", "T", ""), y.one("", "1", "2"), status())
	}
	return text.String()
}

// someFiles are files of one family: of two to four years, some of them corrected since, at
// most five in all.
func someFiles(random *rand.Rand) (files []string) {
	years := []int{2018, 2019, 2021, 2022}
	random.Shuffle(len(years), func(a, b int) { years[a], years[b] = years[b], years[a] })
	for _, year := range years[:2+random.IntN(3)] {
		y := &aYear{random: random, date: fmt.Sprintf("%d-%02d-10", year, 1+random.IntN(12))}
		for n := range 3 {
			if n == 0 || random.IntN(3) > 0 {
				y.members = append(y.members, n)
			}
		}
		files = append(files, y.file(y.date+" 23:00:00"))
		for n := range random.IntN(3) {
			files = append(files, y.file(fmt.Sprintf("%d-01-%02d 10:00:00", year+1, 1+n)))
		}
	}
	return files[:min(len(files), 5)]
}

// aFamily is a family as a file has it, read.
func aFamily(t *testing.T, text string) incoming {
	t.Helper()
	reader := rawsurvei.NewReader()
	if err := reader.Open("raw", strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	f, err := reader.Next()
	if err != nil || f.Refused {
		t.Fatal(err, f.Issues)
	}
	return incoming{household: rawsurvei.ForStore(f), columns: reader.Columns(), read: f}
}

// brought is what a family becomes with a file; nil: nothing is stored of it.
func brought(t *testing.T, state *merge.State, in incoming, at uint64) *merge.State {
	t.Helper()
	if state == nil {
		id, err := merge.ParseID(in.household.GetFamilyId())
		if err != nil {
			t.Fatal(err)
		}
		state = &merge.State{Family: id}
	}
	p, err := newPlan(state, in, importer)
	if err != nil {
		t.Fatal(err)
	}
	if p.older {
		return state
	}
	edits, err := p.edits()
	if err != nil {
		t.Fatal(err)
	}
	c, differs, err := merge.NewChange(state, merge.Stamp{TimeMS: at, Device: importer}, edits)
	if err != nil {
		t.Fatal(err)
	}
	if !differs {
		return state
	}
	delta, err := merge.FromChange(c)
	if err != nil {
		t.Fatal(err)
	}
	after := merge.Join(*state, delta)
	return &after
}

// orderYears are the years of someFiles.
var orderYears = []int{2018, 2019, 2021, 2022}

// yearsOf are a family's figures and rows, its latest and by year.
func yearsOf(t *testing.T, state *merge.State) string {
	t.Helper()
	var out strings.Builder
	for _, year := range append([]int{iks.AnyYear}, orderYears...) {
		h, text := exportedIn(t, state, year)
		a := iks.Assess(h, year)
		fmt.Fprintf(&out, "%d: %t %s %s\n%s", year, a.Counts(), a.Besar.Values, a.Inti.Values, text)
	}
	return out.String()
}

// exportedIn is a family, and the file that an export of a year makes of it.
func exportedIn(t *testing.T, state *merge.State, year int) (*ksv1.Household, string) {
	t.Helper()
	h, err := merge.View(state)
	if err != nil {
		t.Fatal(err)
	}
	h.VillageCode = "32.04.05.2001"
	extra := map[string]bool{}
	rawsurvei.Extra(extra, h)
	var out strings.Builder
	w, err := rawsurvei.NewWriter(&out, rawsurvei.CSV, extra)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (&rawWriter{Writer: w, year: year}).Write(h); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return h, out.String()
}

// eachOrder hands on the numbers below n in every order, until told to stop.
func eachOrder(n int, do func(order []int) bool) bool {
	var from func(order []int) bool
	from = func(order []int) bool {
		if len(order) == n {
			return do(order)
		}
	next:
		for i := range n {
			for _, taken := range order {
				if taken == i {
					continue next
				}
			}
			if !from(append(order, i)) {
				return false
			}
		}
		return true
	}
	return from(nil)
}

// In whatever order the files of several years and their corrections come, figures and exports
// are the same: they follow from each year's newest file. Read again, a file says nothing new.
func TestTheOrderOfFilesDecidesNothing(t *testing.T) {
	unraced.Test(t)
	t.Parallel()
	for seed := range uint64(20) {
		files := someFiles(rand.New(rand.NewPCG(seed, 4)))
		var in []incoming
		for _, text := range files {
			in = append(in, aFamily(t, text))
		}
		first := ""
		eachOrder(len(in), func(order []int) bool {
			var state *merge.State
			for n, at := range order {
				state = brought(t, state, in[at], uint64(1_700_000_000_000+n))
			}
			switch all := yearsOf(t, state); {
			case first == "":
				first = all
				for at := range in {
					if brought(t, state, in[at], 1_800_000_000_000) != state {
						t.Errorf("seed %d: file %d says something new when it is read again\n%s", seed, at, strings.Join(files, "\n"))
					}
				}
			case all != first:
				t.Errorf("seed %d: %s\nin the order %v give\n%s\nnot\n%s", seed, strings.Join(files, "\n"), order, all, first)
				return false
			}
			return true
		})
	}
}

// sorted has the lines of a text in order.
func sorted(text string) string {
	return strings.Join(slices.Sorted(strings.Lines(text)), "")
}

// Exports of all years, read in whatever order by who has nothing of the family, give the same
// exports and figures: also of who was removed in one year's file and stands in a later one's.
func TestEachYearsExportIsReadBack(t *testing.T) {
	unraced.Test(t)
	t.Parallel()
	for seed := range uint64(40) {
		var state *merge.State
		for n, text := range someFiles(rand.New(rand.NewPCG(seed, 5))) {
			state = brought(t, state, aFamily(t, text), uint64(1_700_000_000_000+n))
		}
		var in []incoming
		for _, year := range orderYears {
			if _, text := exportedIn(t, state, year); strings.Count(text, "\n") > 1 {
				in = append(in, aFamily(t, text))
			}
		}
		want := sorted(yearsOf(t, state)) // the first file that comes says in which order members stand
		eachOrder(len(in), func(order []int) bool {
			var again *merge.State
			for n, at := range order {
				again = brought(t, again, in[at], uint64(1_700_000_000_000+n))
			}
			got := sorted(yearsOf(t, again))
			if got != want {
				t.Errorf("seed %d: read back in the order %v:\n%s\nnot\n%s", seed, order, got, want)
			}
			return got == want
		})
	}
}

// A year's export has whom its file had as removed, with that status, however long they stand in
// later ones.
func TestAYearsExportHasWhomItsFileRemoved(t *testing.T) {
	t.Parallel()
	later := aSurvey{date: "2023-05-05", updated: "2023-05-05", birth: "2020-01-01"}
	for name, c := range map[string]struct {
		first             aSurvey
		family, fourthRow string // status cells
	}{
		"a family": {aSurvey{date: "2022-05-05", updated: "2022-05-05", birth: "2020-01-01", family: "1"}, "1", "0"},
		"a member": {aSurvey{date: "2022-05-05", updated: "2022-05-05", birth: "2020-01-01", gone: "1"}, "0", "1"},
	} {
		for _, files := range [][]aSurvey{{c.first}, {c.first, later}, {later, c.first}} {
			var state *merge.State
			for n, s := range files {
				state = brought(t, state, s.in(t), uint64(1_700_000_000_000+n))
			}
			_, text := exportedIn(t, state, 2022)
			rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
			if err != nil || len(rows) != 4 {
				t.Fatalf("%s, of %d files: %v\n%s", name, len(files), err, text)
			}
			cell := func(row int, column string) string { return rows[row][slices.Index(rows[0], column)] }
			if got := cell(3, "survei_status_delete") + " " + cell(3, "survei_individu_status_delete"); got != c.family+" "+c.fourthRow {
				t.Errorf("%s, of %d files: status %s", name, len(files), got)
			}
			if cell(3, "survei_tanggal") != "2022-05-05" {
				t.Errorf("%s, of %d files: surveyed on %s", name, len(files), cell(3, "survei_tanggal"))
			}
		}
	}
}
