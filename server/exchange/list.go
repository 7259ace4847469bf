package exchange

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/sheet"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// List is the form of an export to read: one row a family, surveyed or not.
type List struct {
	Format sheet.Format
	// ShowsNumbers tells whether numbers of family cards in an RT of a village stand
	// whole, else their middle is hidden; nil: all do.
	ShowsNumbers func(village string, place area.Place) bool
}

// listColumns name the columns, in Indonesian: the file is for people of a
// Puskesmas.
var listColumns = []string{
	"keluarga", "desa_kelurahan", "rw", "rt", "no_bangunan", "no_keluarga", "nama_kepala_keluarga", "no_kk", "alamat", "anggota",
	"tanggal_survei", "iks_inti", "kategori_inti", "iks_besar", "kategori_besar", "indikator_belum_terpenuhi", "catatan",
	"kunjungan_terakhir", "hasil_kunjungan",
}

// surveyColumns are those from "anggota" to "catatan", which are of the rounds.
const surveyColumns = 8

// outcomeNames are the outcomes of visits as people read them, by their numbers.
var outcomeNames = [...]string{"", "selesai", "sebagian", "tidak di rumah", "menolak", "pindah", "rumah kosong"}

// neverVisited stands for the outcome where nobody called at a family, and nothing was surveyed.
const neverVisited = "belum dikunjungi"

type listWriter struct {
	list  *List
	year  int // of the rounds
	table sheet.Table
	book  *sheet.Workbook // where it is one
	rows  int64
	left  int64 // families that are not listed
}

func (l *List) begin(w io.Writer, year int) (familyWriter, error) {
	out := &listWriter{list: l, year: year}
	if l.Format == sheet.XLSX {
		out.book = sheet.NewWorkbook(w)
		out.table = out.book
		if err := out.book.Sheet(sheet.Layout{Name: "Keluarga", HeaderRows: 1}); err != nil {
			return nil, err
		}
	} else {
		var err error
		if out.table, err = sheet.New(w, l.Format, ""); err != nil {
			return nil, err
		}
	}
	return out, out.table.Row(sheet.Headings(listColumns...)...)
}

// Rows is how many families were written.
func (w *listWriter) Rows() int64 { return w.rows }

// Write writes a family with what it counts with in figures, and how the last visit to it
// ended. One that is still to be surveyed has no figures; one that left and does not count is
// not listed.
func (w *listWriter) Write(h *ksv1.Household) (ok bool, err error) {
	counts := iks.Assess(h, w.year)
	if !counts.Counts() && h.GetFamily().GetRemoval() != nil {
		w.left++
		return false, nil
	}
	w.rows++
	return true, w.table.Row(slices.Concat(w.dwelling(h), survey(h, counts), lastVisit(h))...)
}

// dwelling are the cells of who lives where.
func (w *listWriter) dwelling(h *ksv1.Household) []sheet.Cell {
	f := h.GetFamily()
	place, err := area.ParsePlace(f.GetPlace())
	if err != nil {
		place = 0
	}
	return []sheet.Cell{
		sheet.Text(h.GetFamilyId()), sheet.Text(h.GetVillageCode()), sheet.Text(place.RWText()), sheet.Text(place.RTText()),
		sheet.Text(f.GetBuildingNumber()), sheet.Text(f.GetFamilyNumber()), sheet.Text(f.GetHeadName()), sheet.Text(w.card(h, place)),
		sheet.Text(f.GetAddress()),
	}
}

// survey are the cells of the rounds with which a family counts, of each membership by its
// own; date, members and note are of the round of all members. Empty where none counts.
func survey(h *ksv1.Household, counts iks.Assessment) []sheet.Cell {
	if !counts.Counts() {
		return make([]sheet.Cell, surveyColumns)
	}
	round := h.GetRounds()[counts.Besar.Round]
	inti, besar := counts.Inti.Values, counts.Besar.Values
	return slices.Concat(
		[]sheet.Cell{sheet.Number(strconv.Itoa(prokesga.CountsOf(h, round).Members)), sheet.Text(round.GetRound().GetSurveyDate())},
		indexCells(inti), indexCells(besar),
		[]sheet.Cell{sheet.Text(unmet(besar)), sheet.Text(round.GetRound().GetNote())},
	)
}

// lastVisit are day and outcome of the last call at a family's house, of whatever year.
func lastVisit(h *ksv1.Household) []sheet.Cell {
	visits := h.GetVisits()
	if len(visits) == 0 {
		if len(h.GetRounds()) == 0 {
			return []sheet.Cell{{}, sheet.Text(neverVisited)}
		}
		return make([]sheet.Cell, 2)
	}
	last, name := visits[len(visits)-1].GetVisit(), ""
	if n := int(last.GetOutcome()); n < len(outcomeNames) {
		name = outcomeNames[n]
	}
	return []sheet.Cell{sheet.Text(last.GetDate()), sheet.Text(name)}
}

// Close names the rows, where the format has a place for it: a workbook's last
// sheet.
func (w *listWriter) Close() error {
	if w.book != nil {
		if err := w.closingSheet(); err != nil {
			return err
		}
	}
	return w.table.Close()
}

// closingSheet is the last sheet of a workbook, by which a receiver sees that all
// rows are there, and how many families have none.
func (w *listWriter) closingSheet() error {
	if err := w.book.Sheet(sheet.Layout{Name: "Penutup", Widths: []float64{44, 16}}); err != nil {
		return err
	}
	return errors.Join(
		w.book.Row(sheet.Heading("Jumlah baris"), sheet.Number(strconv.FormatInt(w.rows, 10))),
		w.book.Row(sheet.Heading("Keluarga yang sudah keluar, tidak didaftar"), sheet.Number(strconv.FormatInt(w.left, 10))),
	)
}

func (w *listWriter) card(h *ksv1.Household, place area.Place) string {
	number := h.GetFamily().GetNkkProvisional()
	if n := h.GetFamily().GetNkk(); n != 0 {
		number = fmt.Sprintf("%016d", n)
	}
	if w.list.ShowsNumbers == nil || w.list.ShowsNumbers(h.GetVillageCode(), place) {
		return number
	}
	return Masked(number)
}

// Masked hides all of a number but its first six characters, which are its
// district, and the last two; of a short one all.
func Masked(number string) string {
	runes := []rune(number)
	const shownFirst, shownLast = 6, 2
	if len(runes) < 16 {
		return strings.Repeat("•", len(runes))
	}
	return string(runes[:shownFirst]) + strings.Repeat("•", len(runes)-shownFirst-shownLast) + string(runes[len(runes)-shownLast:])
}

func indexCells(v iks.Values) []sheet.Cell {
	index := v.Index()
	if !index.Category.Complete() {
		return []sheet.Cell{{}, sheet.Text(index.Category.String())}
	}
	return []sheet.Cell{sheet.Number(index.IKS3()), sheet.Text(index.Category.String())}
}

// unmet are the indicators whose value is T, such as "1, 9".
func unmet(v iks.Values) string {
	var out []string
	for i, value := range v {
		if value == iks.T {
			out = append(out, strconv.Itoa(i+1))
		}
	}
	return strings.Join(out, ", ")
}
