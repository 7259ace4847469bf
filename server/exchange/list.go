package exchange

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/keluarga-sehat/sync/internal/area"
	"github.com/keluarga-sehat/sync/internal/iks"
	"github.com/keluarga-sehat/sync/internal/prokesga"
	"github.com/keluarga-sehat/sync/internal/sheet"
	ksv1 "github.com/keluarga-sehat/sync/proto/keluargasehat/v1"
)

// List is the form of an export to read: one row a family.
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
}

type listWriter struct {
	list  *List
	year  int // of the rounds
	table sheet.Table
	book  *sheet.Workbook // where it is one
	rows  int64
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

// Write writes a family with what it counts with in figures, of each membership by its own
// round; date, members and note are of the round of all members. One that does not count is
// not listed.
func (w *listWriter) Write(h *ksv1.Household) (ok bool, err error) {
	counts := iks.Assess(h, w.year)
	if !counts.Counts() {
		return false, nil
	}
	f, round := h.GetFamily(), h.GetRounds()[counts.Besar.Round]
	place, err := area.ParsePlace(f.GetPlace())
	if err != nil {
		place = 0
	}
	inti, besar, members := counts.Inti.Values, counts.Besar.Values, prokesga.CountsOf(h, round).Members
	cells := []sheet.Cell{
		sheet.Text(h.GetFamilyId()), sheet.Text(h.GetVillageCode()), sheet.Text(place.RWText()), sheet.Text(place.RTText()),
		sheet.Text(f.GetBuildingNumber()), sheet.Text(f.GetFamilyNumber()), sheet.Text(f.GetHeadName()), sheet.Text(w.card(h, place)),
		sheet.Text(f.GetAddress()), sheet.Number(strconv.Itoa(members)), sheet.Text(round.GetRound().GetSurveyDate()),
	}
	cells = append(cells, indexCells(inti)...)
	cells = append(cells, indexCells(besar)...)
	w.rows++
	return true, w.table.Row(append(cells, sheet.Text(unmet(besar)), sheet.Text(round.GetRound().GetNote()))...)
}

// Close names the rows, where the format has a place for it: a workbook's last
// sheet.
func (w *listWriter) Close() error {
	if w.book != nil {
		if err := closingSheet(w.book, w.rows); err != nil {
			return err
		}
	}
	return w.table.Close()
}

// closingSheet is the last sheet of a workbook, by which a receiver sees that all
// rows are there.
func closingSheet(book *sheet.Workbook, rows int64) error {
	if err := book.Sheet(sheet.Layout{Name: "Penutup", Widths: []float64{24, 16}}); err != nil {
		return err
	}
	return book.Row(sheet.Heading("Jumlah baris"), sheet.Number(strconv.FormatInt(rows, 10)))
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
